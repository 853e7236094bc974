#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "reconciler/cli/settings.h"

enum { SETTINGS_MAX = 100, FIRST_CODE = 256 }; /* codes of getopt_long, apart from letters */

/* Reading for one command. */
struct reading {
    struct context *context;
    const struct command *command;
    bool given[SETTINGS_MAX];
    bool *help;
};

/* A text as YAML would read it, as far as the field may be that. */
static struct value *value_of(struct arena *arena, const struct field *field, struct str text)
{
    if (field->form & FIELD_NUMBER && json_is_number(text))
        return value_number(arena, text);
    return value_string(arena, text);
}

static bool store_named(struct context *context, struct value *map, const char *source, struct str text,
                        struct error *error)
{
    size_t equals = str_find(text, '=');
    if (equals == 0 || equals == text.len)
        return error_set(error, ERROR_INVALID, "%s '%.*s' is not of the form NAME=VALUE", source,
                         STR_ARG(text));
    value_set(context->arena, map, str_slice(text, 0, equals),
              value_string(context->arena, str_from_index(text, equals + 1)));
    return true;
}

static void store_word(unsigned *out, const struct field *field, struct str text)
{
    for (size_t i = 0; i < field->word_count; i++)
        if (str_is(text, field->words[i]))
            *out = (unsigned)i;
}

static void store_number(int64_t *out, const struct field *field, const struct value *value)
{
    struct error sound = ERROR_INIT; /* field_check has seen it */
    bool is_duration = (field->form & FIELD_DURATION) == FIELD_DURATION;
    if (is_duration ? !field_duration(value, out, &sound) : !value_to_int(value, out))
        *out = 0;
}

static bool store(struct context *context, const struct setting *setting, const char *source,
                  const struct value *value, struct error *error)
{
    void *at = (char *)&context->options + setting->at;
    struct str text = value_text(value);
    switch (setting->store) {
    case STORE_TEXT:
        *(struct str *)at = text;
        break;
    case STORE_NUMBER:
        store_number(at, setting->field, value);
        break;
    case STORE_FLAG:
        *(bool *)at = true;
        break;
    case STORE_CHOICE:
        store_word(at, setting->field, text);
        break;
    case STORE_NAMED:
        return store_named(context, *(struct value **)at, source, text, error);
    case STORE_SECRET:
        *(const struct value **)at = value_secret(context->arena, text);
        break;
    case STORE_HELP:
        break;
    }
    return true;
}

/* `source` is "--poll" or "PLUMB_POLL": messages name it. */
static bool take(struct context *context, const struct setting *setting, const char *source, struct str text,
                 struct error *error)
{
    struct field field = *setting->field;
    field.name = source;
    const struct value *value = value_of(context->arena, &field, text);
    bool has_value = setting->store != STORE_FLAG && setting->store != STORE_HELP;
    if (has_value && !field_check(value, &field, error))
        return strstr(error->message, source) ? false : error_prefix(error, "%s", source);
    return store(context, setting, source, value, error);
}

static bool take_flag(struct reading *reading, size_t index, struct error *error)
{
    const struct setting *setting = &settings[index];
    char source[64];
    snprintf(source, sizeof source, "--%s", setting->flag);
    reading->given[index] = true;
    if (setting->store == STORE_HELP)
        *reading->help = true;
    return take(reading->context, setting, source, str_from(setting->value ? optarg : ""), error);
}

/* The command's options for getopt_long; names that it does not take are unknown to it. */
static void list_options(const struct command *command, struct option *list, struct buf *letters)
{
    size_t count = 0;
    buf_addc(letters, ':');
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        if (!setting->flag || !setting_is_of(setting, command))
            continue;
        list[count++] = (struct option){.name = setting->flag,
                                        .has_arg = setting->value ? required_argument : no_argument,
                                        .val = FIRST_CODE + (int)i};
        if (setting->letter)
            buf_printf(letters, "%c%s", setting->letter, setting->value ? ":" : "");
    }
    list[count] = (struct option){.name = NULL};
}

/* Which setting getopt_long found. */
static size_t setting_of(int code)
{
    if (code >= FIRST_CODE)
        return (size_t)(code - FIRST_CODE);
    for (size_t i = 0; i < setting_count; i++)
        if (settings[i].letter && settings[i].letter == code)
            return i;
    return setting_count;
}

static bool refuse_option(const struct command *command, int code, char **arguments, struct error *error)
{
    const char *why = code == ':' ? "needs a value"
                      : optopt >= FIRST_CODE
                          ? "takes no value" /* getopt_long names none that it does not know */
                          : "is no option of this command";
    return error_set(error, ERROR_INVALID, "'%s' %s: see plumb %s --help", arguments[optind - 1], why,
                     command->name);
}

static bool take_flags(struct reading *reading, int count, char **arguments, struct error *error)
{
    struct option list[SETTINGS_MAX + 1];
    struct buf letters = BUF_INIT(BUF_SMALL);
    bool ok = true;
    list_options(reading->command, list, &letters);
    opterr = 0;
    for (int code;
         ok && !*reading->help && (code = getopt_long(count, arguments, letters.ptr, list, NULL)) != -1;)
        ok = code == '?' || code == ':' ? refuse_option(reading->command, code, arguments, error)
                                        : take_flag(reading, setting_of(code), error);
    buf_release(&letters);
    return ok;
}

/* Where there was no flag; an empty variable says nothing. */
static bool take_variables(struct reading *reading, struct error *error)
{
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        struct str text = str_from(setting->variable ? getenv(setting->variable) : NULL);
        if (reading->given[i] || !text.len || !setting_is_of(setting, reading->command))
            continue;
        if (!take(reading->context, setting, setting->variable, text, error))
            return false;
        reading->given[i] = true;
    }
    return true;
}

/* What plumb.yaml may say is left to whoever reads that. */
static bool take_defaults(struct reading *reading, struct error *error)
{
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        const char *otherwise = setting->field->otherwise;
        if (!reading->given[i] && !setting->key && otherwise &&
            !take(reading->context, setting, setting->field->name, str_from(otherwise), error))
            return false;
    }
    return true;
}

static bool take_words(struct context *context, const struct command *command, int count, char **arguments,
                       struct error *error)
{
    if ((size_t)(count - optind) > command->targets)
        return error_set(error, ERROR_INVALID, "'%s' is one word too many: see plumb %s --help",
                         arguments[optind + (int)command->targets], command->name);
    context->options.words = value_list(context->arena);
    for (int i = optind; i < count; i++)
        value_append(context->arena, context->options.words, value_stringz(context->arena, arguments[i]));
    context->options.target = optind < count ? str_from(arguments[optind]) : STR_EMPTY;
    context->options.second_target = optind + 1 < count ? str_from(arguments[optind + 1]) : STR_EMPTY;
    return true;
}

bool settings_read(struct context *context, const struct command *command, int count, char **arguments,
                   bool *help, struct error *error)
{
    struct reading reading = {.context = context, .command = command, .help = help};
    if (setting_count > SETTINGS_MAX)
        return error_set(error, ERROR_BUG, "there are more than %d settings", SETTINGS_MAX);
    return take_flags(&reading, count, arguments, error) &&
           (*help || (take_variables(&reading, error) && take_defaults(&reading, error) &&
                      take_words(context, command, count, arguments, error)));
}
