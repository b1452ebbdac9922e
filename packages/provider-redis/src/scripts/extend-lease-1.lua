-- Gives a lease a new time to live if the one who asks holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- ARGV[2]  time to live, milliseconds
-- Returns  1 when extended, 0 when it is not theirs

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
