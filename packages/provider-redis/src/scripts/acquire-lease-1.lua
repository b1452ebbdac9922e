-- Takes a lease unless somebody holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- ARGV[2]  time to live, milliseconds
-- Returns  nil when taken, otherwise the token of the holder

local holder = redis.call('GET', KEYS[1])
if holder then return holder end

redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
