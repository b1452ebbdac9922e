-- Stores entries, each unless the one that is there carries the same prefix and a later fence. Where an entry comes with
-- a lease, that is released then, stored or refused, if the one who asks holds it.
--
-- KEYS     the entries, strings; behind them the leases, strings, in the order of their entries
-- ARGV[1]  length of the prefix, bytes
-- ARGV[2]  length of the fence behind it, bytes
-- ARGV     behind those, three for each entry: bytes to store; time to live, milliseconds; token of the one who holds its
--          lease, bytes, empty: it comes without
-- Returns  for each entry 1 when stored, 0 when refused

local prefix = tonumber(ARGV[1])
local span = prefix + tonumber(ARGV[2])
local count = (#ARGV - 2) / 3
local lease = count
local outcomes = {}

local function isLater(stored, fresh)
  if #stored < span or #fresh < span or string.sub(stored, 1, prefix) ~= string.sub(fresh, 1, prefix) then return false end
  -- Byte by byte: comparing strings with < would follow the server's locale.
  for i = prefix + 1, span do
    local theirs, ours = string.byte(stored, i), string.byte(fresh, i)
    if theirs ~= ours then return theirs > ours end
  end
  return false
end

for i = 1, count do
  local fresh, ttl, token = ARGV[3 * i], ARGV[3 * i + 1], ARGV[3 * i + 2]
  outcomes[i] = 0
  if not isLater(redis.call('GETRANGE', KEYS[i], 0, span - 1), fresh) then
    redis.call('SET', KEYS[i], fresh, 'PX', ttl)
    outcomes[i] = 1
  end
  if token ~= '' then
    lease = lease + 1
    if redis.call('GET', KEYS[lease]) == token then redis.call('DEL', KEYS[lease]) end
  end
end
return outcomes
