-- Runs scripts by the rules of Dragonfly's interpreter (core/interpreter.cc, main_service.cc of 1.40.1): the source is the
-- body of a function; KEYS and ARGV are its only globals; an argument of redis.call is a string or a number, integers as
-- %d and others as %.17g; a nil reply is false, a status is a table, TIME is two integers of millisecond grain; a key that
-- was not declared is an error. What stands behind redis.call is no server, only what scripts need to run to their end.

local store = {}
local clock = 1764258000123000
local commands = {}

function commands.GET(key) return store[key] or false end

function commands.DEL(key)
  local existed = store[key] ~= nil
  store[key] = nil
  return existed and 1 or 0
end

function commands.GETRANGE(key, first, last)
  assert(first == '0' and math.type(tonumber(last)) == 'integer', 'value is not an integer or out of range')
  return string.sub(store[key] or '', 1, tonumber(last) + 1)
end

function commands.SET(key, value, px, ms, condition)
  assert(px == 'PX' and math.type(tonumber(ms)) == 'integer', 'value is not an integer or out of range')
  if condition == 'NX' and store[key] or condition == 'XX' and not store[key] then return false end
  store[key] = value
  return { ok = 'OK' }
end

function commands.TIME() return { clock // 1000000, clock % 1000000 } end

function commands.XREVRANGE(key, last, first, count, limit)
  assert(last == '+' and first == '-' and count == 'COUNT' and limit == '1')
  local stream = store[key] or {}
  return { stream[#stream] }
end

function commands.XADD(key, maxlen, approximately, limit, id, ...)
  assert(maxlen == 'MAXLEN' and approximately == '~' and math.type(tonumber(limit)) == 'integer')
  local stream = store[key] or {}
  local newest = stream[#stream]
  local stamp = assert(math.tointeger(string.match(id, '^(%d+)%-0$')), 'Invalid stream ID')
  assert(not newest or stamp > math.tointeger(string.match(newest[1], '^%d+')), 'The ID is equal or smaller')
  stream[#stream + 1] = { id, { ... } }
  store[key] = stream
  return id
end

-- A sorted set is a list of { member, score }, lowest score first.
local function ordered(key)
  local set = store[key] or {}
  table.sort(set, function(a, b) return a[2] < b[2] end)
  store[key] = set
  return set
end

local function score(text)
  return (assert(math.tointeger(tonumber(text)), 'value is not an integer or out of range'))
end

function commands.ZREMRANGEBYSCORE(key, first, last)
  assert(first == '-inf')
  local set, removed = ordered(key), 0
  while set[1] and set[1][2] <= score(last) do
    table.remove(set, 1)
    removed = removed + 1
  end
  return removed
end

function commands.ZADD(key, condition, at, member)
  assert(condition == 'GT')
  for _, one in ipairs(ordered(key)) do
    if one[1] == member then
      one[2] = math.max(one[2], score(at))
      return 0
    end
  end
  table.insert(store[key], { member, score(at) })
  return 1
end

function commands.ZREMRANGEBYRANK(key, first, last)
  assert(first == '0')
  local set = ordered(key)
  local count = #set + score(last) + 1
  for _ = 1, count do table.remove(set, 1) end
  return math.max(count, 0)
end

function commands.ZREVRANGE(key, first, last, scores)
  assert(first == '0' and last == '0' and scores == 'WITHSCORES')
  local set = ordered(key)
  local highest = set[#set]
  return highest and { highest[1], string.format('%d', highest[2]) } or {}
end

function commands.PEXPIREAT(key, at)
  store[key .. ' ends'] = score(at)
  return 1
end

local function argument(value)
  if math.type(value) == 'integer' then return string.format('%d', value) end
  if math.type(value) == 'float' then return string.format('%.17g', value) end
  assert(type(value) == 'string', 'Lua redis() command arguments must be strings or integers')
  return value
end

-- Dragonfly would send a float as text, and not cut to a whole number as Redis does.
local function checkReply(value)
  assert(type(value) ~= 'number' or math.type(value) == 'integer', 'a reply is a float')
  if type(value) == 'table' then for _, part in ipairs(value) do checkReply(part) end end
  return value
end

function run(source, keys, args)
  local declared = {}
  for _, key in ipairs(keys) do declared[key] = true end
  local function call(name, ...)
    local sent = table.pack(...)
    for i = 1, sent.n do sent[i] = argument(sent[i]) end
    assert(name == 'TIME' or declared[sent[1]], 'script tried accessing undeclared key')
    return commands[name](table.unpack(sent, 1, sent.n))
  end
  local known = {
    KEYS = keys, ARGV = args, redis = { call = call },
    math = math, string = string, table = table, ipairs = ipairs, tonumber = tonumber, tostring = tostring,
  }
  local globals = setmetatable({}, {
    __index = function(_, name) return assert(known[name], 'nonexistent global variable ' .. name) end,
    __newindex = function(_, name) error('global variable ' .. name) end,
  })
  return checkReply(assert(load('return function()\n' .. source .. '\nend', '@user_script', 't', globals))()())
end

function reset(microseconds)
  store = {}
  clock = microseconds or clock
end

function members(key)
  local names = {}
  for i, one in ipairs(ordered(key)) do names[i] = one[1] end
  return names
end

function ends(key) return store[key .. ' ends'] end

function newest(key) return store[key][#store[key]] end
