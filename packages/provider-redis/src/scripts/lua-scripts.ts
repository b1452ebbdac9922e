// Written by tools/build/embed-lua.mjs from the .lua files in this folder.

/** Names of the scripts: append-record-1.lua is appendRecord. */
export type LuaScriptName =
  | 'acquireLease'
  | 'addMember'
  | 'appendRecord'
  | 'beginEpoch'
  | 'extendLease'
  | 'releaseLease'
  | 'setFenced'
  | 'setIfUnchanged';

export const luaScripts: Readonly<Record<LuaScriptName, string>> = {
  acquireLease: `-- Takes a lease unless somebody holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- ARGV[2]  time to live, milliseconds
-- Returns  nil when taken, otherwise the token of the holder

local holder = redis.call('GET', KEYS[1])
if holder then return holder end

redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
`,
  addMember: `-- Adds a member to an expiring index, or lets it stay longer; drops what has expired and what is too much.
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
`,
  appendRecord: `-- Appends one record to the journal, linked to its newest one.
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
`,
  beginEpoch: `-- Begins an epoch by appending a genesis record, unless the journal's present epoch is another than the expected one.
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
`,
  extendLease: `-- Gives a lease a new time to live if the one who asks holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- ARGV[2]  time to live, milliseconds
-- Returns  1 when extended, 0 when it is not theirs

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
  releaseLease: `-- Releases a lease if the one who asks holds it.
--
-- KEYS[1]  the lease, a string
-- ARGV[1]  token of the one who asks, bytes
-- Returns  1 when released, 0 when it is not theirs

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`,
  setFenced: `-- Stores entries, each unless the one that is there carries the same prefix and a later fence. Where an entry comes with
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
`,
  setIfUnchanged: `-- Stores bytes if what is there begins as expected.
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
`,
};
