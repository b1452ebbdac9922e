-- Begins an epoch by appending a genesis record, unless the journal's present epoch is another than the expected one.
--
-- KEYS[1]  the journal, a stream
-- ARGV[1]  epoch to replace, <stamp in microseconds>-<nonce>; empty: begin only if there is no journal
-- ARGV[2]  earliest stamp of the genesis, microseconds
-- ARGV[3]  nonce of the genesis, unsigned 32 bit, decimal
-- ARGV[4]  incarnation of the server that this connection reached, text
-- ARGV[5]  constants of the namespace, text
-- ARGV[6]  records to keep, about, count
-- Returns  the newest record of the journal, begun or found: {id, {field, value, ...}}

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local earliest = tonumber(ARGV[2])
if newest then
  local epoch = ''
  for i = 1, #newest[2], 2 do
    if newest[2][i] == 'e' then epoch = newest[2][i + 1] end
  end
  -- An epoch that can't be read has a name, too, so that it can be replaced.
  if not string.match(epoch, '^%d+%-%d+$') then epoch = '0-0' end
  if epoch ~= ARGV[1] then return newest end
  earliest = math.max(earliest, tonumber(string.match(newest[1], '^%d+')) + 1)
else
  -- An emptied stream remembers its last id and would refuse an earlier one.
  redis.call('DEL', KEYS[1])
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
-- %.0f: tostring would round a number of 16 digits.
local stamp = string.format('%.0f', math.max(now, earliest))

redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[6], stamp .. '-0',
  'k', 's', 'n', ARGV[3], 'p', '', 'e', stamp .. '-' .. ARGV[3], 'i', ARGV[4], 'c', ARGV[5], 'b', '')
return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
