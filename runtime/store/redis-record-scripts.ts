// Each write is one script, because Redis runs a script atomically. KEYS[1] is the store's name; the scripts
// derive the other keys from it and from the tags that a record had before, so one Redis must have them all:
// a Redis Cluster is not supported.
//
// NAME:record:KEY  a hash of the record's text and its entry; it expires with the record
// NAME:list:TAG    a sorted set of the keys of the records with a tag
// NAME:expiry      a sorted set of entries, JSON of the key and its tags, by the record's expiry
// NAME:format      the number of the records' format
//
// A record's hash expires without its list members, which the next script removes. Lists expire with their
// last record.
const prelude = `
  local name = KEYS[1]
  local expiry = name .. ':expiry'
  local function record_of(key) return name .. ':record:' .. key end
  local function list_of(tag) return name .. ':list:' .. tag end
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

  -- Removes a record from its lists, except from those that it is in by its current entry.
  local function unlink(entry)
    local names = cjson.decode(entry)
    local current = redis.call('HGET', record_of(names[1]), 'entry')
    local kept = {}
    if current and current ~= entry then
      for _, tag in ipairs(cjson.decode(current)) do kept[tag] = true end
    end
    for i = 2, #names do
      if not kept[names[i]] then redis.call('ZREM', list_of(names[i]), names[1]) end
    end
    redis.call('ZREM', expiry, entry)
  end

  -- Returns whether there may be more to remove. The number limits how long a script runs.
  local function purge()
    local due = redis.call('ZRANGEBYSCORE', expiry, '-inf', '(' .. now_ms, 'LIMIT', 0, 100)
    for _, entry in ipairs(due) do unlink(entry) end
    return #due == 100
  end
`;

const checkFormat = `
  local format_key, format = name .. ':format', tonumber(ARGV[1])
  local stored = redis.call('GET', format_key) or '0'
  if not tonumber(stored) or tonumber(stored) > format then
    return redis.error_reply('FORMAT key ' .. format_key .. ' is ' .. stored ..
      ', and this release reads up to ' .. format)
  end
`;

// The expected text follows the key; it is missing if no record is expected.
const compare = `
  local record = record_of(ARGV[2])
  local value, entry = unpack(redis.call('HMGET', record, 'value', 'entry'))
  local function is_expected(expected) return value == (expected or false) end
`;

/** Lua scripts of the record store in Redis, by name. */
export const recordScripts = {
  /** Values: format, key, text, entry, expiry and position in milliseconds, expected text if any. */
  replaceRecord: `${prelude}${checkFormat}${compare}
    purge()
    if not is_expected(ARGV[7]) then return 0 end
    if entry then unlink(entry) end
    local expires_at_ms = tonumber(ARGV[5])
    local function keep_until_expiry(key)
      if redis.call('PTTL', key) + now_ms < expires_at_ms then
        redis.call('PEXPIREAT', key, expires_at_ms)
      end
    end
    redis.call('HSET', record, 'value', ARGV[3], 'entry', ARGV[4])
    redis.call('PEXPIREAT', record, expires_at_ms)
    redis.call('ZADD', expiry, expires_at_ms, ARGV[4])
    keep_until_expiry(expiry)
    local names = cjson.decode(ARGV[4])
    for i = 2, #names do
      redis.call('ZADD', list_of(names[i]), ARGV[6], names[1])
      keep_until_expiry(list_of(names[i]))
    end
    if tonumber(stored) < format then redis.call('SET', format_key, format) end
    return 1
  `,
  /** Values: format, key, expected text. */
  removeRecord: `${prelude}${checkFormat}${compare}
    purge()
    if not is_expected(ARGV[3]) then return 0 end
    unlink(entry)
    return redis.call('DEL', record)
  `,
  /** Values: tag, limit, command that reads a range of a sorted set. */
  listRecords: `${prelude}
    purge()
    local values, list, limit = {}, list_of(ARGV[1]), tonumber(ARGV[2])
    local removed
    repeat
      removed = 0
      for _, key in ipairs(redis.call(ARGV[3], list, #values, limit - 1)) do
        local value = redis.call('HGET', record_of(key), 'value')
        if value then
          table.insert(values, value)
        else
          removed = removed + redis.call('ZREM', list, key)
        end
      end
    until removed == 0
    return values
  `,
  /** Values: tag. */
  countRecords: `${prelude}
    while purge() do end
    return redis.call('ZCARD', list_of(ARGV[1]))
  `,
};
