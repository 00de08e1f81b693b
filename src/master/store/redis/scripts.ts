import { createHash } from 'node:crypto';

/** A Lua script, which the server runs as a whole or, where it can't write, not at all. */
export interface Script {
  readonly text: string;
  /** SHA-1 of the text: its name on the server. */
  readonly sha: string;
}

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** What a script answers where another master has taken the state over. */
export const FENCED = 'FENCED';
/** What a script answers where the state is not the one that the last batch left. */
export const REWOUND = 'REWOUND';

/** Takes the state over: from now on nobody else writes. KEYS: epoch, batch, staged. Answers the new epoch. */
export const TAKE_OVER = script(`
redis.call('SET', KEYS[2], '0')
redis.call('DEL', KEYS[3])
return tostring(redis.call('INCR', KEYS[1]))
`);

/** Errors of a script begin with a word, as those of the server do. KEYS: epoch, batch. ARGV: epoch. */
const CHECK_EPOCH = `
local epoch = redis.call('GET', KEYS[1])
if epoch ~= ARGV[1] then return redis.error_reply('${FENCED} by epoch ' .. tostring(epoch)) end
`;

/** Puts a part of a batch aside. KEYS: epoch, staged. ARGV: epoch, `first` or `next`, operations. */
export const STAGE_PART = script(`${CHECK_EPOCH}
if ARGV[2] == 'first' then redis.call('DEL', KEYS[2]) end
for i = 3, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
return redis.call('LLEN', KEYS[2])
`);

/**
 * Applies a batch, once: where it was applied already it is only written down again, so that waiting for the disk waits for
 * it. KEYS: epoch, batch, staged. ARGV: epoch, number of the batch, that of the one before, how many operations are put aside
 * or -1, operations. The operations are those of `Operations`.
 */
export const APPLY = script(`${CHECK_EPOCH}
local batch = redis.call('GET', KEYS[2])
if batch == ARGV[2] then
  redis.call('SET', KEYS[2], ARGV[2])
  return 'again'
end
if batch ~= ARGV[3] then return redis.error_reply('${REWOUND} to batch ' .. tostring(batch)) end
local ops, i = ARGV, 5
if ARGV[4] ~= '-1' then
  ops, i = redis.call('LRANGE', KEYS[3], 0, -1), 1
  if tostring(#ops) ~= ARGV[4] then return redis.error_reply('${REWOUND} with a part of the batch missing') end
end
while i <= #ops do
  local op, key = ops[i], ops[i + 1]
  if op == 'set' then
    redis.call('SET', key, ops[i + 2], 'KEEPTTL')
    i = i + 3
  elseif op == 'hset' then
    redis.call('HSET', key, ops[i + 2], ops[i + 3])
    i = i + 4
  elseif op == 'hdel' then
    redis.call('HDEL', key, ops[i + 2])
    i = i + 3
  elseif op == 'sadd' then
    redis.call('SADD', key, ops[i + 2])
    i = i + 3
  elseif op == 'srem' then
    redis.call('SREM', key, ops[i + 2])
    i = i + 3
  elseif op == 'del' then
    redis.call('DEL', key)
    i = i + 2
  elseif op == 'task' then
    redis.call('SET', key, ops[i + 2])
    i = i + 3
  elseif op == 'over' then
    redis.call('SET', key, ops[i + 2], 'PX', ops[i + 3])
    for _, id in ipairs(cjson.decode(ops[i + 2]).stageIdList) do
      redis.call('PEXPIRE', ops[i + 5] .. id, ops[i + 4])
    end
    i = i + 6
  elseif op == 'gone' then
    local json = redis.call('GET', key)
    if json then
      for _, id in ipairs(cjson.decode(json).stageIdList) do redis.call('DEL', ops[i + 2] .. id) end
      redis.call('DEL', key)
    end
    i = i + 3
  else
    return redis.error_reply('ERR unknown operation ' .. tostring(op))
  end
end
if ARGV[4] ~= '-1' then redis.call('DEL', KEYS[3]) end
redis.call('SET', KEYS[2], ARGV[2])
return 'done'
`);
