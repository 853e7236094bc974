#include "environments/fields.h"

static bool is_scalar(const struct value *value)
{
    return value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL);
}

static const char *nearest_field(struct str name, const struct field *fields, size_t count)
{
    const char *names[32];
    for (size_t i = 0; i < count && i < ARRAY_LENGTH(names); i++)
        names[i] = fields[i].name;
    return str_nearest(name, names, count);
}

static const struct {
    const char *unit;
    int64_t milliseconds;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}, {"d", 24 * 60 * 60 * 1000}};

static bool has(unsigned form, unsigned bits)
{
    return (form & bits) == bits;
}

static bool check_form(const struct value *value, const struct field *field, struct error *error)
{
    bool fits = (field->form & FIELD_SCALAR && is_scalar(value)) ||
                (field->form & FIELD_MAP && value_is(value, VALUE_MAP)) ||
                (field->form & FIELD_LIST && value_is(value, VALUE_LIST));
    const char *wanted = field->form & FIELD_MAP    ? "a mapping"
                         : field->form & FIELD_LIST ? "a list"
                                                    : "a single value";
    return fits || value_error(value, error, ERROR_INVALID, "'%s' must be %s, not %s", field->name, wanted,
                               value_kind_name(value->kind));
}

/* A number, or one of the words that stand for one. */
static bool check_number(const struct value *value, const struct field *field, struct error *error)
{
    int64_t most = field->most ? field->most : INT64_MAX, number;
    for (size_t i = 0; i < field->word_count; i++)
        if (value_is_text(value, field->words[i]))
            return true;
    if (!has(field->form, FIELD_WHOLE))
        return value_is(value, VALUE_NUMBER) ||
               value_error(value, error, ERROR_INVALID, "'%s' must be a number", field->name);
    if (value_is(value, VALUE_NUMBER) && value_to_int(value, &number) && number >= field->least &&
        number <= most)
        return true;
    bool words = field->word_count > 0;
    return value_error(value, error, ERROR_INVALID, "'%s' must be a number from %lld to %lld%s%s%s",
                       field->name, (long long)field->least, (long long)most, words ? ", or '" : "",
                       words ? field->words[0] : "", words ? "'" : "");
}

/* "1s" of 1000, for messages. */
static void add_duration(struct buf *out, int64_t milliseconds)
{
    size_t unit = ARRAY_LENGTH(units);
    while (--unit > 0 && milliseconds % units[unit].milliseconds != 0)
        ;
    buf_printf(out, "%lld%s", (long long)(milliseconds / units[unit].milliseconds), units[unit].unit);
}

static bool check_duration(const struct value *value, const struct field *field, struct error *error)
{
    int64_t ms;
    if (!field_duration(value, &ms, error))
        return false;
    if (ms >= field->least && (!field->most || ms <= field->most))
        return true;
    struct buf range = BUF_INIT(BUF_SMALL);
    buf_addz(&range, field->most ? "from " : "at least ");
    add_duration(&range, field->least);
    if (field->most) {
        buf_addz(&range, " to ");
        add_duration(&range, field->most);
    }
    value_error(value, error, ERROR_INVALID, "'%s' must be %.*s", field->name, STR_ARG(buf_str(&range)));
    buf_release(&range);
    return false;
}

static bool check_text(const struct value *value, const struct field *field, struct error *error)
{
    bool plain = !field->pattern && !has(field->form, FIELD_NUMBER) && !has(field->form, FIELD_FLAG);
    if (plain && !value_is(value, VALUE_STRING))
        return value_error(value, error, ERROR_INVALID, "'%s' must be a text: write it in quotes",
                           field->name);
    return !field->longest || (value_text(value).len > 0 && value_text(value).len <= field->longest) ||
           value_error(value, error, ERROR_INVALID, "'%s' must be a text of 1 to %zu characters", field->name,
                       field->longest);
}

static bool check_scalar(const struct value *value, const struct field *field, struct error *error)
{
    int64_t date;
    size_t word;
    if (has(field->form, FIELD_WHOLE) || (field->form & FIELD_SCALAR) == FIELD_NUMBER)
        return check_number(value, field, error);
    if (has(field->form, FIELD_DURATION))
        return check_duration(value, field, error);
    if (has(field->form, FIELD_DATE))
        return field_date(value, &date, error);
    if (field->word_count)
        return field_choice(value, field->name, field->words, field->word_count, &word, error);
    if (!has(field->form, FIELD_TEXT))
        return !has(field->form, FIELD_FLAG) || value_is(value, VALUE_BOOL) ||
               value_error(value, error, ERROR_INVALID, "'%s' must be true or false", field->name);
    return check_text(value, field, error);
}

bool field_check(const struct value *value, const struct field *field, struct error *error)
{
    return check_form(value, field, error) && (!is_scalar(value) || check_scalar(value, field, error));
}

/* "a, b and c" of the keys that exclude one another. */
static bool check_one_of(const struct value *map, const char *what, const struct field *fields, size_t count,
                         struct error *error)
{
    const struct field *there = NULL;
    size_t all = 0, told = 0;
    for (size_t k = 0; k < count; k++) {
        bool one_of = fields[k].form & FIELD_ONE_OF, is_there = value_get(map, fields[k].name) != NULL;
        if (one_of && is_there && there)
            return value_error(value_get(map, fields[k].name), error, ERROR_INVALID,
                               "%s may have '%s' or '%s', not both", what, there->name, fields[k].name);
        there = one_of && is_there ? &fields[k] : there;
        all += one_of;
    }
    if (all == 0 || there)
        return true;
    struct buf names = BUF_INIT(BUF_SMALL);
    for (size_t k = 0; k < count; k++)
        if (fields[k].form & FIELD_ONE_OF) {
            buf_printf(&names, "%s'%s'", !told ? "" : told + 1 < all ? ", " : " and ", fields[k].name);
            told++;
        }
    value_error(map, error, ERROR_INVALID, "%s needs one of %.*s", what, STR_ARG(buf_str(&names)));
    buf_release(&names);
    return false;
}

static bool check_needs(const struct value *map, const struct field *fields, size_t count,
                        struct error *error)
{
    for (size_t k = 0; k < count; k++) {
        const struct value *value = value_get(map, fields[k].name);
        for (size_t i = 0; value && i < ARRAY_LENGTH(fields[k].needs) && fields[k].needs[i]; i++)
            if (!value_get(map, fields[k].needs[i]))
                return value_error(value, error, ERROR_INVALID, "'%s' needs '%s' beside it", fields[k].name,
                                   fields[k].needs[i]);
    }
    return true;
}

bool fields_check(const struct value *map, const char *what, const struct field *fields, size_t count,
                  struct error *error)
{
    if (!value_is(map, VALUE_MAP))
        return value_error(map, error, ERROR_INVALID, "%s must be a mapping", what);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        size_t k = 0;
        while (k < count && !str_is(entry->key, fields[k].name))
            k++;
        if (k < count && !field_check(entry->value, &fields[k], error))
            return false;
        if (k < count)
            continue;
        const char *near = nearest_field(entry->key, fields, count);
        return value_key_error(map, entry, error, ERROR_INVALID, "unknown key '%.*s' in %s%s%s%s",
                               STR_ARG(entry->key), what, near ? ", did you mean '" : "", near ? near : "",
                               near ? "'?" : "");
    }
    for (size_t k = 0; k < count; k++)
        if (fields[k].form & FIELD_REQUIRED && !value_get(map, fields[k].name))
            return value_error(map, error, ERROR_INVALID, "%s needs '%s'", what, fields[k].name);
    return check_one_of(map, what, fields, count, error) && check_needs(map, fields, count, error);
}

/* Cuts "30m" off the front of "30m15s". */
static bool take_part(struct str *rest, int64_t *out)
{
    size_t digits = 0, letters;
    uint64_t number;
    while (digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9')
        digits++;
    for (letters = digits; letters < rest->len && rest->ptr[letters] >= 'a' && rest->ptr[letters] <= 'z';)
        letters++;
    struct str unit = str_slice(*rest, digits, letters - digits);
    if (!str_to_uint(str_slice(*rest, 0, digits), 100 * 1000 * 1000, &number))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (str_is(unit, units[i].unit)) {
            *out += (int64_t)number * units[i].milliseconds;
            *rest = str_from_index(*rest, letters);
            return true;
        }
    return false;
}

bool field_duration(const struct value *value, int64_t *milliseconds, struct error *error)
{
    struct str rest = value_text(value);
    bool sound = rest.len > 0;
    *milliseconds = 0;
    for (size_t parts = 0; sound && rest.len > 0; parts++)
        sound = parts < ARRAY_LENGTH(units) && take_part(&rest, milliseconds);
    if (!sound)
        return value_error(value, error, ERROR_INVALID,
                           "'%.*s' is no duration: write it as in '10m' or '1h30m'",
                           STR_ARG(value_text(value)));
    return *milliseconds <= 366 * units[4].milliseconds ||
           value_error(value, error, ERROR_INVALID, "'%.*s' is longer than 366 days",
                       STR_ARG(value_text(value)));
}

int64_t field_ms(const struct value *map, const char *key, int64_t otherwise)
{
    const struct value *value = value_get(map, key);
    struct error unsound = ERROR_INIT;
    int64_t ms;
    return value && field_duration(value, &ms, &unsound) ? ms : otherwise;
}

/* Days since 1970-01-01 in the Gregorian calendar, with years that begin in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool field_date(const struct value *value, int64_t *milliseconds, struct error *error)
{
    static const unsigned char lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct str text = value_text(value);
    uint64_t year = 0, month = 0, day = 0;
    bool sound = text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-' &&
                 str_to_uint(str_slice(text, 0, 4), 9999, &year) &&
                 str_to_uint(str_slice(text, 5, 2), 12, &month) &&
                 str_to_uint(str_slice(text, 8, 2), 31, &day);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    sound = sound && year >= 1970 && month >= 1 && day >= 1 && day <= lengths[month - 1] &&
            (leap || month != 2 || day < 29);
    if (!sound)
        return value_error(value, error, ERROR_INVALID, "'%.*s' is no date: write it as in '2026-12-31'",
                           STR_ARG(text));
    *milliseconds = (days_of((int64_t)year, (int64_t)month, (int64_t)day) + 1) * 24 * 60 * 60 * 1000;
    return true;
}

bool field_choice(const struct value *value, const char *what, const char *const *words, size_t count,
                  size_t *out, struct error *error)
{
    struct str text = value_text(value);
    for (*out = 0; *out < count; ++*out)
        if (str_is(text, words[*out]))
            return true;
    struct buf known = BUF_INIT(BUF_SMALL);
    const char *near = str_nearest(text, words, count);
    for (size_t i = 0; i < count; i++)
        buf_printf(&known, "%s'%s'", !i ? "" : i + 1 < count ? ", " : " or ", words[i]);
    value_error(value, error, ERROR_INVALID, "%s '%.*s' must be %.*s%s%s%s", what, STR_ARG(text),
                STR_ARG(buf_str(&known)), near && count > 2 ? ", did you mean '" : "",
                near && count > 2 ? near : "", near && count > 2 ? "'?" : "");
    buf_release(&known);
    return false;
}

bool field_name(const struct value *value, const char *what, struct error *error)
{
    struct str name = value_text(value);
    bool sound = value_is(value, VALUE_STRING) && name.len > 0 && name.len <= 64;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          c == '-' || c == '_');
    }
    return sound ||
           value_error(value, error, ERROR_INVALID,
                       "%s '%.*s' must be letters, digits, '-' and '_', at most 64", what, STR_ARG(name));
}

bool field_account(const struct value *node, struct error *error)
{
    struct str text = value_text(node);
    bool digits = true;
    for (size_t i = 0; i < text.len; i++)
        digits = digits && text.ptr[i] >= '0' && text.ptr[i] <= '9';
    if (digits && text.len == 12)
        return true;
    if (value_is(node, VALUE_NUMBER))
        return value_error(node, error, ERROR_INVALID,
                           "account %.*s does not have 12 digits: write it in quotes, so that zeros are kept",
                           STR_ARG(text));
    return value_error(node, error, ERROR_INVALID, "account '%.*s' must have 12 digits", STR_ARG(text));
}

bool field_names(struct arena *arena, const struct value *value, const char *what, struct str **out,
                 size_t *count, struct error *error)
{
    *count = value ? value->count : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        if (!value_is(value->items[i], VALUE_STRING) || value->items[i]->text.len == 0)
            return value_error(value->items[i], error, ERROR_INVALID, "'%s' must be a list of names", what);
        (*out)[i] = value->items[i]->text;
    }
    return true;
}

bool field_parameters(struct arena *arena, const struct value *value, struct value **out, struct error *error)
{
    *out = value_map(arena);
    for (size_t i = 0; value && i < value->count; i++) {
        const struct value_entry *entry = &value->entries[i];
        bool sound = is_scalar(entry->value) || value_is(entry->value, VALUE_LIST);
        for (size_t k = 0; value_is(entry->value, VALUE_LIST) && k < entry->value->count; k++)
            sound = sound && is_scalar(entry->value->items[k]);
        if (!sound)
            return value_key_error(value, entry, error, ERROR_INVALID,
                                   "parameter '%.*s' must be a single value or a list of single values",
                                   STR_ARG(entry->key));
    }
    if (value)
        *out = (struct value *)value;
    return true;
}
