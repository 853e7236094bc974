#include <stdio.h>

#include "reconciler/cli/settings.h"
#include "reconciler/report_style.h"

enum { FLAG_WIDTH = 27 };

static const char none[] = "-";

static const char *otherwise_of(const struct setting *setting)
{
    return setting->unset ? setting->unset : setting->field->otherwise;
}

/* Small letters go on after a name: "How often" gives "how often", "AWS" stays. */
static void add_help(struct buf *out, const struct setting *setting)
{
    const char *help = setting->field->help;
    bool word = help[0] >= 'A' && help[0] <= 'Z' && !(help[1] >= 'A' && help[1] <= 'Z');
    buf_addc(out, word ? (char)(help[0] - 'A' + 'a') : help[0]);
    buf_addz(out, help + 1);
}

static void add_words(struct buf *out, const struct field *field)
{
    for (size_t i = 0; i < field->word_count; i++)
        buf_printf(out, "%s%s", i ? ", " : ": ", field->words[i]);
}

static void add_default(struct buf *out, const struct setting *setting)
{
    const char *otherwise = otherwise_of(setting);
    if (otherwise)
        buf_printf(out, " (default: %s)", otherwise);
}

static void add_option(struct buf *out, const struct setting *setting)
{
    struct buf name = BUF_INIT(BUF_SMALL);
    buf_printf(&name, "--%s %s", setting->flag, setting->value ? setting->value : "");
    buf_addz(out, "  ");
    padded(out, buf_str(&name), FLAG_WIDTH);
    buf_release(&name);
    add_help(out, setting);
    if (setting->field->word_count && !str_contains(str_from(setting->value), "|"))
        add_words(out, setting->field);
    if (setting->letter)
        buf_printf(out, ", also -%c", setting->letter);
    add_default(out, setting);
    if (setting->variable)
        buf_printf(out, " [%s]", setting->variable);
    buf_addc(out, '\n');
}

static bool has_own(const struct command *command)
{
    for (size_t i = 0; i < setting_count; i++)
        if (settings[i].flag && settings[i].commands & command->options)
            return true;
    return false;
}

void settings_help(struct buf *out, const struct command *command)
{
    bool own = has_own(command);
    if (own)
        buf_addz(out, "options:\n");
    for (size_t i = 0; i < setting_count; i++)
        if (settings[i].flag && settings[i].commands & command->options)
            add_option(out, &settings[i]);
    buf_printf(out, "%soptions of every command:\n", own ? "\n" : "");
    for (size_t i = 0; i < setting_count; i++)
        if (settings[i].flag && settings[i].commands == 0)
            add_option(out, &settings[i]);
    buf_addz(
        out,
        "\n[NAME] is the environment variable that says the same; `plumb help configuration` lists all.\n");
}

/* One line of the table; its meaning follows. */
static void add_row(struct buf *out, const char *flag, const char *variable, const char *key)
{
    buf_addz(out, "  ");
    padded(out, str_from(flag ? flag : none), 18);
    padded(out, str_from(variable ? variable : none), 22);
    padded(out, str_from(key ? key : none), 12);
}

void settings_table(struct buf *out)
{
    buf_addz(
        out,
        "A flag goes before an environment variable, that before plumb.yaml at the root of the\n"
        "repository, and that before the default.  An empty variable says nothing.  Which command takes\n"
        "which flag: `plumb COMMAND --help`.\n\n");
    add_row(out, "flag", "variable", "plumb.yaml");
    buf_addz(out, "meaning\n");
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        char flag[64];
        snprintf(flag, sizeof flag, "--%s", setting->flag ? setting->flag : "");
        add_row(out, setting->flag ? flag : NULL, setting->variable, setting->key);
        add_help(out, setting);
        add_words(out, setting->field);
        add_default(out, setting);
        buf_addc(out, '\n');
    }
}
