-- Stores bytes if what is there begins as expected.
--
-- KEYS[1]  the entry, a string
-- ARGV[1]  bytes to store
-- ARGV[2]  time to live, milliseconds
-- ARGV[3]  how the stored bytes must begin, bytes; left out: there must be none
-- Returns  1 when stored, 0 when refused

local expected = ARGV[3]
-- For no bytes the range would end at -1, which is all of it.
if expected and #expected > 0 and redis.call('GETRANGE', KEYS[1], 0, #expected - 1) ~= expected then return 0 end

-- An empty value and an absent one have the same range: only SET tells them apart.
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], expected and 'XX' or 'NX') then return 1 end
return 0
