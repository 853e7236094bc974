#ifndef PLUMB_BASE_YAML_READER_H
#define PLUMB_BASE_YAML_READER_H

/*
 * The one reader of YAML and JSON files that people write: environment files and templates.
 *
 * Plain scalars are resolved by the YAML 1.2 core schema (`no`, `on`, `1_000`, `2010-09-09` are strings;
 * `true`, `null`, `~`, `1`, `1.5`, `0x1F`, `0o17` are not).  Numbers keep their text where it is a JSON
 * number, else take their decimal value (`+1` is 1, `.5` is 0.5, `0x1F` is 31).  What JSON cannot say or
 * would lose stays a string: a leading zero (`012`, the account `012345678901`), `.inf`, `.nan`, and
 * hexadecimal or octal past 64 bits.
 *
 * CloudFormation's short tags become their long form: `!Ref X` -> {"Ref": "X"}, `!GetAtt A.B.C` ->
 * {"Fn::GetAtt": ["A", "B.C"]}, `!Sub t` -> {"Fn::Sub": t}, `!Condition C` -> {"Condition": "C"}, every other
 * known function likewise; a scalar behind such a tag is always a string.  Other tags are refused by name.
 *
 * Refused, each with its position: duplicate keys, keys that are no strings (numbers and booleans used as
 * keys are taken as their text), merge keys, a second document, tabs as indentation, invalid UTF-8, NUL, tag
 * directives, and input past these limits.  Anchors and aliases are accepted: each alias is a copy, counted
 * against the limits on nodes, depth and bytes.  A byte order mark and any line ends are accepted.
 *
 * A document that starts with '{' is read as strict JSON first (see json.h) and, where that fails, as a YAML
 * flow mapping; where both fail, the error is JSON's.
 */

#include "base/value.h"

enum {
    YAML_BYTES_MAX = 8 * 1024 * 1024,
    YAML_DEPTH_MAX = 64,
    YAML_NODES_MAX = 150 * 1000, /* after expanding aliases: keeps the worst input below 64 MiB and 50 ms */
};

/* `file` names the input in messages; it is copied.  An empty document gives VALUE_NULL. */
WARN_UNUSED bool yaml_read(struct arena *, struct str file, struct str bytes, struct value **out,
                           struct error *);

/* The same for files whose authors may use merge keys: `<<: *defaults` or `<<: [*a, *b]` adds the keys that
 * the mapping does not have itself. */
WARN_UNUSED bool yaml_read_merging(struct arena *, struct str file, struct str bytes, struct value **out,
                                   struct error *);

/* The same for templates, whose plain scalars are those of YAML 1.1, as CloudFormation has them: `on`, `Yes`
 * and `no` are booleans, `012` is 10, `0b11` is 3, `1_000` is 1000, `1:30` is 90, and only a number with a
 * point has an exponent (`1.5e+3`); `1e3`, `0o17` and `2010-09-09` are strings.  The account `012345678901`
 * stays a string. https://yaml.org/type/ (int, float, bool) */
WARN_UNUSED bool yaml_read_template(struct arena *, struct str file, struct str bytes, struct value **out,
                                    struct error *);

#endif
