#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "base/yaml_reader.h"
#include "environments/desired.h"
#include "memory_files.h"

/* The root is app/root.yaml. */
struct case_ {
    struct memory_file files[5];
    const char *wanted, *parameters;
};

static bool build(struct arena *arena, const struct case_ *one, struct desired *desired, struct error *error)
{
    struct memory_files *all = arena_alloc(arena, sizeof *all);
    struct files *files = arena_alloc(arena, sizeof *files);
    struct value *given = NULL;
    *all = (struct memory_files){.entries = one->files};
    while (all->count < ARRAY_LENGTH(one->files) && one->files[all->count].path)
        all->count++;
    *files = memory_files(all);
    if (one->parameters &&
        !yaml_read(arena, STR("prod/orders.yaml"), str_from(one->parameters), &given, error))
        return false;
    const struct template_options options = {.files = files,
                                             .path = STR("app/root.yaml"),
                                             .parameters = given,
                                             .region = STR("eu-west-1"),
                                             .account = STR("123456789012"),
                                             .stack_name = STR("prod-orders")};
    return desired_build(arena, &options, desired, error);
}

/* Every resource in order: "id properties <- dependencies;", then the outputs; or the error. */
static struct str told(struct arena *arena, const struct case_ *one)
{
    struct desired desired;
    struct error error = ERROR_INIT;
    if (!build(arena, one, &desired, &error))
        return arena_str(arena, str_from(error.message));
    struct buf out = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < desired.count; i++) {
        const struct desired_resource *resource = &desired.resources[i];
        buf_printf(&out, "%.*s", STR_ARG(resource->logical_id));
        if (resource->properties->count)
            buf_printf(&out, " %.*s", STR_ARG(json_text(arena, resource->properties, JSON_COMPACT)));
        for (size_t k = 0; k < resource->depends_count; k++)
            buf_printf(&out, "%s%.*s", k ? "," : " <- ", STR_ARG(resource->depends_on[k]));
        buf_printf(&out, "%s; ", resource->deletion_policy == REMOVAL_RETAIN ? " kept" : "");
    }
    if (desired.outputs->count)
        buf_add(&out, json_text(arena, desired.outputs, JSON_COMPACT));
    struct str text = arena_str(arena, str_trim(buf_str(&out)));
    buf_release(&out);
    return text;
}

static void check(const struct case_ *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = told(arena, &cases[i]);
        bool same = str_is(found, cases[i].wanted);
        if (!same)
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
        wrong += !same;
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

#define STACK(url, more) "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: " url more "}}"

#define ROOT(text)                                                                                           \
    {                                                                                                        \
        "app/root.yaml", text, false                                                                         \
    }
#define CHILD(text)                                                                                          \
    {                                                                                                        \
        "app/child.yaml", text, false                                                                        \
    }
#define CHILD_STACK(more) STACK("child.yaml", more)

static const struct case_ scopes[] = {
    /* Ids have the stack's in front; parameters, mappings and conditions do not mix. */
    {{ROOT("Parameters: {Size: {Type: String, Default: big}}\n"
           "Mappings: {M: {a: {b: outer}}}\n"
           "Resources:\n"
           "  In: " STACK("./in/child.yaml", ", Parameters: {Size: !Sub 'very ${Size}', A: !GetAtt "
                                             "Q.Arn}") "\n"
                                                       "  Q: {Type: X, Properties: {P: !FindInMap [M, a, "
                                                       "b]}}\n"),
      {"app/in/child.yaml",
       "Parameters: {Size: {Type: String}, A: {Type: String}, More: {Type: Number, Default: 3}}\n"
       "Mappings: {M: {a: {b: inner}}}\n"
       "Conditions: {Big: !Equals [!Ref Size, very big], Small: !Not [!Condition Big]}\n"
       "Resources:\n"
       "  Q: {Type: X, Condition: Big, Properties: {P: !FindInMap [M, a, b], A: !Ref A, N: !Ref More}}\n"
       "  R: {Type: X, Condition: Small}\n"
       "  T: {Type: Y, Properties: {S: !Sub '${Size} ${Q} ${Q.Arn} ${AWS::StackName}'}}\n",
       false}},
     "Q {\"P\":\"outer\"}; InQ {\"P\":\"inner\",\"A\":{\"Fn::GetAtt\":[\"Q\",\"Arn\"]},\"N\":\"3\"} <- "
     "Q; "
     "InT {\"S\":{\"Fn::Join\":[\"\",[\"very big\",\" \",{\"Ref\":\"InQ\"},\" \",{\"Fn::GetAtt\":[\"InQ\","
     "\"Arn\"]},\" \",\"prod-orders-In\"]]}} <- InQ;",
     NULL},
    /* Outputs, in both spellings; what is not used or exported is not the application's. */
    {{ROOT("Resources:\n"
           "  T: {Type: Y, Properties: {A: !GetAtt In.Outputs.A, B: !Sub '${In.Outputs.B}', I: !Ref In}}\n"
           "  In: " CHILD_STACK("") "\n"
                                    "Outputs: {O: {Value: !GetAtt [In, Outputs.A]}}\n"),
      CHILD("Resources: {Q: {Type: X}}\n"
            "Outputs:\n"
            "  A: {Value: !GetAtt Q.Arn}\n"
            "  B: {Value: text}\n"
            "  C: {Value: !Ref Q, Export: {Name: !Sub '${AWS::StackName}-c'}}\n"
            "Conditions: {Never: !Equals [a, b]}\n")},
     "InQ; T {\"A\":{\"Fn::GetAtt\":[\"InQ\",\"Arn\"]},\"B\":\"text\",\"I\":\"arn:aws:cloudformation:"
     "eu-west-1:123456789012:stack/prod-orders-In/52c55274-b811-769e-c441-0231b0f507d9\"} <- InQ; "
     "{\"O\":{\"Value\":{\"Fn::GetAtt\":[\"InQ\",\"Arn\"]}},"
     "\"InC\":{\"Value\":{\"Ref\":\"InQ\"},\"Export\":{\"Name\":\"prod-orders-In-c\"}}}",
     NULL},
    /* Lists are given as text; what is not known yet is split when it is. */
    {{ROOT("Parameters: {L: {Type: CommaDelimitedList, Default: 'a,b'}}\n"
           "Resources:\n"
           "  Q: {Type: X}\n"
           "  In: " CHILD_STACK(", Parameters: {A: !Join [',', !Ref L], B: !Join [',', [!Ref Q, c]]}") "\n"),
      CHILD("Parameters: {A: {Type: CommaDelimitedList}, B: {Type: 'List<String>', Default: x}}\n"
            "Resources: {T: {Type: Y, Properties: {A: !Ref A, B: !Select [0, !Ref B]}}}\n")},
     "Q; InT "
     "{\"A\":[\"a\",\"b\"],\"B\":{\"Fn::Select\":[0,{\"Fn::Split\":[\",\",{\"Fn::Join\":[\",\",[{\"Ref\":"
     "\"Q\"},\"c\"]]}]}]}} <- Q;",
     NULL},
    /* Not there without its condition, and nothing of it is read. */
    {{ROOT("Conditions: {Never: !Equals [a, b]}\n"
           "Resources:\n"
           "  Q: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: "
           "gone.yaml}}\n")},
     "Q;",
     NULL},
    /* Retain holds for all that is inside, also further down. */
    {{ROOT("Resources:\n"
           "  In: {Type: AWS::CloudFormation::Stack, DeletionPolicy: Retain, UpdateReplacePolicy: "
           "Delete,\n"
           "       Properties: {TemplateURL: child.yaml, TimeoutInMinutes: 5}}\n"),
      CHILD("Resources: {In: " STACK("deep/grandchild.yaml", "") ", Q: {Type: X, DeletionPolicy: Delete}}\n"),
      {"app/deep/grandchild.yaml", "Resources: {Q: {Type: X, Properties: {N: !Ref AWS::StackName}}}", false}},
     "InInQ {\"N\":\"prod-orders-In-In\"} kept; InQ kept;",
     NULL},
    /* A template of SAM is transformed, and its local code lies beside it. */
    {{ROOT("Transform: AWS::Serverless-2016-10-31\n"
           "Resources: {App: {Type: AWS::Serverless::Application, Properties: {Location: "
           "in/sam.yaml}}}\n"),
      {"app/in/sam.yaml",
       "Transform: AWS::Serverless-2016-10-31\n"
       "Resources: {T: {Type: AWS::Serverless::SimpleTable}}\n",
       false}},
     "AppT {\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],"
     "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_"
     "REQUEST\"};",
     NULL},
    /* A secret stays one. */
    {{ROOT("Parameters: {P: {Type: String, NoEcho: true}}\n"
           "Resources: {In: " CHILD_STACK(", Parameters: {A: !Ref P}") "}\n"),
      CHILD("Parameters: {A: {Type: String, MinLength: 3}}\n"
            "Resources: {Q: {Type: X, Properties: {A: !Ref A, B: !Sub 'a ${A}'}}}\n")},
     "InQ {\"A\":\"****\",\"B\":\"****\"};",
     "{P: hunter2}"},
};

static void has_a_scope_of_its_own(void **state)
{
    (void)state;
    check(scopes, ARRAY_LENGTH(scopes));
}

#define CHAIN "Resources: {A: {Type: X}, B: {Type: X, DependsOn: A}, C: {Type: X}}\n"
static const struct case_ orders[] = {
    /* All of a stack comes before what depends on it, and after what it depends on. */
    {{ROOT("Resources:\n"
           "  Last: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, DependsOn: First, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  First: {Type: X}\n"),
      CHILD(CHAIN)},
     "First; InA <- First; InB <- InA; InC <- First; Last <- InB,InC;",
     NULL},
    /* The same where one uses the other's outputs, or is given what the other makes. */
    {{ROOT("Resources:\n"
           "  Two: " STACK("two.yaml",
                           ", Parameters: {P: !GetAtt One.Outputs.O}") "\n"
                                                                       "  One: " CHILD_STACK("") "\n"),
      CHILD(CHAIN "Outputs: {O: {Value: !Ref A}}\n"),
      {"app/two.yaml",
       "Parameters: {P: {Type: String}}\nResources: {D: {Type: X}, E: {Type: X, Properties: {P: !Ref "
       "P}}}\n",
       false}},
     "OneA; OneB <- OneA; OneC; TwoD <- OneA,OneB,OneC; TwoE {\"P\":{\"Ref\":\"OneA\"}} <- "
     "OneA,OneB,OneC;",
     NULL},
    /* A stack without resources hands on. */
    {{ROOT("Resources:\n"
           "  Last: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, DependsOn: First, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  First: {Type: X}\n"),
      CHILD("Conditions: {No: !Equals [a, b]}\nResources: {A: {Type: X, Condition: No}}\n")},
     "First; Last <- First;",
     NULL},
    /* An import from a stack of the application. */
    {{ROOT("Resources:\n"
           "  Two: " STACK("two.yaml", "") "\n"
                                           "  One: " CHILD_STACK("") "\n"),
      CHILD("Resources: {A: {Type: X}}\nOutputs: {O: {Value: !Ref A, Export: {Name: !Sub "
            "'the-${AWS::Region}'}}}\n"),
      {"app/two.yaml", "Resources: {D: {Type: X, Properties: {P: !ImportValue the-eu-west-1}}}\n", false}},
     "OneA; TwoD {\"P\":{\"Ref\":\"OneA\"}} <- OneA; "
     "{\"OneO\":{\"Value\":{\"Ref\":\"OneA\"},\"Export\":{\"Name\":\"the-eu-west-1\"}}}",
     NULL},
};

static void keeps_the_order_of_stacks(void **state)
{
    (void)state;
    check(orders, ARRAY_LENGTH(orders));
}

#define ROOT_STACK(url, more) ROOT("Resources: {In: " STACK(url, more) "}\n")
static const struct case_ refusals[] = {
    {{ROOT_STACK("'https://s3.amazonaws.com/b/t.yaml'", "")},
     "nested stack 'In': its template 'https://s3.amazonaws.com/b/t.yaml' is not in the repository: commit "
     "it and give its path as 'TemplateURL' (app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("!Sub 's3://${AWS::Region}/t.yaml'", "")},
     "nested stack 'In': its template is not in the repository: commit it and give its path as 'TemplateURL' "
     "(app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("../../t.yaml", "")},
     "nested stack 'In': '../../t.yaml' leads out of the repository (app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("/etc/passwd", "")},
     "nested stack 'In': '/etc/passwd' leads out of the repository (app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("gone.yaml", "")},
     "nested stack 'In': there is no 'app/gone.yaml' in the repository (app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("child.yaml", ", Parameter: {A: b}"), CHILD("Resources: {A: {Type: X}}\n")},
     "nested stack 'In' has the unknown property 'Parameter', did you mean 'Parameters'? "
     "(app/root.yaml:1:90)",
     NULL},
    {{ROOT_STACK("child.yaml", ", Parameters: {B: c}"),
      CHILD("Parameters: {A: {Type: String, Default: d}}\nResources: {A: {Type: X}}\n")},
     "nested stack 'In': the template 'app/child.yaml' has no parameter 'B', did you mean 'A'? "
     "(app/root.yaml:1:103)",
     NULL},
    {{ROOT_STACK("child.yaml", ""), CHILD("Parameters: {A: {Type: String}}\nResources: {A: {Type: X}}\n")},
     "nested stack 'In': parameter 'A' has no value: set it under 'parameters' or give it a Default "
     "(app/child.yaml:1:17)",
     NULL},
    {{ROOT_STACK("child.yaml", ", Parameters: {A: no}"),
      CHILD("Parameters: {A: {Type: String, AllowedValues: [yes]}}\nResources: {A: {Type: X}}\n")},
     "nested stack 'In': parameter 'A' is 'no' but must be one of: yes (app/root.yaml:1:106)",
     NULL},
    {{ROOT_STACK("child.yaml", ""), CHILD("Resources: {A: {Type: X, Properties: {P: !Ref Nobody}}}\n")},
     "resource 'InA': 'Nobody' is neither a parameter nor a resource (app/child.yaml:1:42)",
     NULL},
    {{ROOT_STACK("child.yaml", ""), CHILD("Outputs: {}\n")},
     "nested stack 'In': the template has no 'Resources' (app/child.yaml:1:1)",
     NULL},
    {{ROOT("Resources: {In: {Type: AWS::CloudFormation::Stack}}\n")},
     "nested stack 'In' needs a 'TemplateURL' (app/root.yaml:1:17)",
     NULL},
    /* A template that nests itself, at once or by way of another. */
    {{ROOT_STACK("root.yaml", "")},
     "templates nest each other in a circle: app/root.yaml -> app/root.yaml (app/root.yaml:1:78)",
     NULL},
    {{ROOT_STACK("child.yaml", ""), CHILD("Resources: {Back: " STACK("root.yaml", "") "}\n")},
     "templates nest each other in a circle: app/root.yaml -> app/child.yaml -> app/root.yaml "
     "(app/child.yaml:1:80)",
     NULL},
    /* Stacks that wait for each other. */
    {{ROOT("Resources:\n"
           "  One: " CHILD_STACK(", Parameters: {P: !GetAtt Two.Outputs.O}") "\n"
                                                                             "  Two: " CHILD_STACK(
                                                                                 ", Parameters: {P: !GetAtt "
                                                                                 "One.Outputs.O}") "\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: a}}\n")},
     "nested stack 'One': nested stack 'Two': nested stacks depend on each other in a circle: One -> Two -> "
     "One (app/root.yaml:2:8)",
     NULL},
    {{ROOT("Resources:\n"
           "  One: {Type: AWS::CloudFormation::Stack, DependsOn: Two, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  Two: {Type: AWS::CloudFormation::Stack, DependsOn: One, Properties: {TemplateURL: "
           "child.yaml}}\n"),
      CHILD("Resources: {A: {Type: X}}\n")},
     "resources depend on each other in a circle: OneA -> TwoA -> OneA (app/child.yaml:1:16)",
     NULL},
    {{ROOT("Resources:\n"
           "  Q: {Type: X, Properties: {P: !GetAtt In.Outputs.O}}\n"
           "  In: " CHILD_STACK(", Parameters: {P: !Ref Q}") "\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X, Properties: {P: !Ref P}}}\n"
            "Outputs: {O: {Value: !Ref A}}\n")},
     "resources depend on each other in a circle: Q -> InA -> Q (app/root.yaml:2:6)",
     NULL},
    /* Two ways to the same id. */
    {{ROOT("Resources: {InA: {Type: X}, In: " CHILD_STACK("") "}\n"), CHILD("Resources: {A: {Type: X}}\n")},
     "there are two resources 'InA' with the names of their nested stacks in front: rename one "
     "(app/child.yaml:1:13)",
     NULL},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Outputs.Ab}}}\n"),
      CHILD("Resources: {A: {Type: X}}\nOutputs: {Aa: {Value: a}}\n")},
     "resource 'Q': nested stack 'In' has no output 'Ab', did you mean 'Aa'? (app/root.yaml:1:121)",
     NULL},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Arn}}}\n"),
      CHILD("Resources: {A: {Type: X}}\n")},
     "resource 'Q': nested stack 'In' has no attribute 'Arn': only 'Outputs.NAME' can be had of it "
     "(app/root.yaml:1:121)",
     NULL},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Outputs.O}}}\n"),
      CHILD("Conditions: {No: !Equals [a, b]}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: a, "
            "Condition: No}}\n")},
     "resource 'Q': output 'O' of nested stack 'In' is not there because its condition is false "
     "(app/root.yaml:1:121)",
     NULL},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Two: " CHILD_STACK("") "}\n"),
      CHILD("Resources: {A: {Type: X, Properties: {P: !ImportValue e}}}\n"
            "Outputs: {O: {Value: a, Export: {Name: e}}}\n")},
     "resource 'InA': two outputs of the application export 'e' (app/child.yaml:2:40)",
     NULL},
    {{ROOT("Resources: {In: " CHILD_STACK(", Parameters: {P: !GetAtt In.Outputs.O}") "}\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: !Ref P}}\n")},
     "nested stack 'In': nested stacks depend on each other in a circle: In -> In (app/root.yaml:1:17)",
     NULL},
    /* A condition cannot wait for a resource of the parent. */
    {{ROOT("Resources: {Q: {Type: X}, In: " CHILD_STACK(", Parameters: {P: !Ref Q}") "}\n"),
      CHILD("Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\nResources: {A: "
            "{Type: X}}\n")},
     "nested stack 'In': condition 'C' needs 'Q', which is not known without an account "
     "(app/child.yaml:2:17)",
     NULL},
};

static void refuses_by_name(void **state)
{
    (void)state;
    check(refusals, ARRAY_LENGTH(refusals));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_scope_of_its_own),
        cmocka_unit_test(keeps_the_order_of_stacks),
        cmocka_unit_test(refuses_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
