-- Appends one record to the journal, linked to its newest one.
--
-- KEYS[1]  the journal, a stream
-- ARGV[1]  incarnation of the server that this connection reached, text
-- ARGV[2]  nonce of the record, unsigned 32 bit, decimal
-- ARGV[3]  kind of the record, one character
-- ARGV[4]  body of the record, bytes
-- ARGV[5]  records to keep, about, count
-- ARGV[6]  1: a newest record of another incarnation is no hindrance; else 0
-- Returns  {stamp in microseconds, record before, epoch, constants} as strings, or nil, having written nothing, when
--          there is no journal or its newest record is of another incarnation and that matters

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest then return false end

local last = {}
for i = 1, #newest[2], 2 do last[newest[2][i]] = newest[2][i + 1] end
if not (last.n and last.e and last.c) then return false end
if last.i ~= ARGV[1] and ARGV[6] ~= '1' then return false end

local lastStamp = string.match(newest[1], '^%d+')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
-- %.0f: tostring would round a number of 16 digits.
local stamp = string.format('%.0f', math.max(now, tonumber(lastStamp) + 1))
local previous = lastStamp .. '-' .. last.n

redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], stamp .. '-0',
  'k', ARGV[3], 'n', ARGV[2], 'p', previous, 'e', last.e, 'i', ARGV[1], 'c', last.c, 'b', ARGV[4])
return {stamp, previous, last.e, last.c}
