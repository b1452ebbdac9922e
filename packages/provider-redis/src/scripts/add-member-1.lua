-- Adds a member to an expiring index, or lets it stay longer; drops what has expired and what is too much.
--
-- KEYS[1]  the index, a sorted set of members by the millisecond at which they go
-- ARGV[1]  member, bytes
-- ARGV[2]  time to live of the member, milliseconds
-- ARGV[3]  members to keep at most, count
-- Returns  1

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- %.0f: tostring would round a number of 13 digits on some servers.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[1], 'GT', string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], '0', string.format('%.0f', -1 - tonumber(ARGV[3])))

local last = redis.call('ZREVRANGE', KEYS[1], '0', '0', 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))
return 1
