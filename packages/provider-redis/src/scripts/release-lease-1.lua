-- Releases a lease if the one who asks holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- Returns  1 when released, 0 when it is not theirs

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
