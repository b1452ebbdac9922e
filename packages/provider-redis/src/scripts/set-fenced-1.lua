-- Stores an entry unless the one that is there carries the same prefix and a later fence.
--
-- KEYS[1]  the entry, a string
-- ARGV[1]  bytes to store
-- ARGV[2]  time to live, milliseconds
-- ARGV[3]  length of the prefix, bytes
-- ARGV[4]  length of the fence behind it, bytes
-- Returns  1 when stored, 0 when refused

local prefix = tonumber(ARGV[3])
local span = prefix + tonumber(ARGV[4])
local stored = redis.call('GETRANGE', KEYS[1], 0, span - 1)

if #stored >= span and #ARGV[1] >= span and string.sub(stored, 1, prefix) == string.sub(ARGV[1], 1, prefix) then
  -- Byte by byte: comparing strings with < would follow the server's locale.
  for i = prefix + 1, span do
    local theirs, ours = string.byte(stored, i), string.byte(ARGV[1], i)
    if theirs > ours then return 0 end
    if theirs < ours then break end
  end
end

redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
