#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_cases.h"

/* The root is app/root.yaml. */

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

static const struct tree_case scopes[] = {
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
     .wanted =
         "Q {\"P\":\"outer\"}; InQ {\"P\":\"inner\",\"A\":{\"Fn::GetAtt\":[\"Q\",\"Arn\"]},\"N\":\"3\"} <- "
         "Q; "
         "InT {\"S\":{\"Fn::Join\":[\"\",[\"very big\",\" \",{\"Ref\":\"InQ\"},\" "
         "\",{\"Fn::GetAtt\":[\"InQ\","
         "\"Arn\"]},\" \",\"prod-orders-In\"]]}} <- InQ;"},
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
     .wanted =
         "InQ; T {\"A\":{\"Fn::GetAtt\":[\"InQ\",\"Arn\"]},\"B\":\"text\",\"I\":\"arn:aws:cloudformation:"
         "eu-west-1:123456789012:stack/prod-orders-In/52c55274-b811-769e-c441-0231b0f507d9\"} <- InQ; "
         "{\"O\":{\"Value\":{\"Fn::GetAtt\":[\"InQ\",\"Arn\"]}},"
         "\"InC\":{\"Value\":{\"Ref\":\"InQ\"},\"Export\":{\"Name\":\"prod-orders-In-c\"}}}"},
    /* Lists are given as text; what is not known yet is split when it is. */
    {{ROOT("Parameters: {L: {Type: CommaDelimitedList, Default: 'a,b'}}\n"
           "Resources:\n"
           "  Q: {Type: X}\n"
           "  In: " CHILD_STACK(", Parameters: {A: !Join [',', !Ref L], B: !Join [',', [!Ref Q, c]]}") "\n"),
      CHILD("Parameters: {A: {Type: CommaDelimitedList}, B: {Type: 'List<String>', Default: x}}\n"
            "Resources: {T: {Type: Y, Properties: {A: !Ref A, B: !Select [0, !Ref B]}}}\n")},
     .wanted =
         "Q; InT "
         "{\"A\":[\"a\",\"b\"],\"B\":{\"Fn::Select\":[0,{\"Fn::Split\":[\",\",{\"Fn::Join\":[\",\",[{\"Ref\":"
         "\"Q\"},\"c\"]]}]}]}} <- Q;"},
    /* Not there without its condition, and nothing of it is read. */
    {{ROOT("Conditions: {Never: !Equals [a, b]}\n"
           "Resources:\n"
           "  Q: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: "
           "gone.yaml}}\n")},
     .wanted = "Q;"},
    /* What lies behind a URL is CloudFormation's to make. */
    {{ROOT("Resources:\n"
           "  In: " STACK(
               "'https://s3.amazonaws.com/b/t.yaml'",
               ", Parameters: {A: b}") "\n"
                                       "  Other: " STACK(
                                           "!Sub 'https://s3.${AWS::Region}.amazonaws.com/b/t.yaml'",
                                           "") "\n"
                                               "  Q: {Type: X, Properties: {A: !GetAtt In.Outputs.A}}\n")},
     .wanted =
         "In {\"TemplateURL\":\"https://s3.amazonaws.com/b/t.yaml\",\"Parameters\":{\"A\":\"b\"}}; Other "
         "{\"TemplateURL\":\"https://s3.eu-west-1.amazonaws.com/b/t.yaml\"}; Q "
         "{\"A\":{\"Fn::GetAtt\":[\"In\",\"Outputs.A\"]}} <- In;"},
    /* Retain holds for all that is inside, also further down. */
    {{ROOT("Resources:\n"
           "  In: {Type: AWS::CloudFormation::Stack, DeletionPolicy: Retain, UpdateReplacePolicy: "
           "Delete,\n"
           "       Properties: {TemplateURL: child.yaml, TimeoutInMinutes: 5}}\n"),
      CHILD("Resources: {In: " STACK("deep/grandchild.yaml", "") ", Q: {Type: X, DeletionPolicy: Delete}}\n"),
      {"app/deep/grandchild.yaml", "Resources: {Q: {Type: X, Properties: {N: !Ref AWS::StackName}}}", false}},
     .wanted = "InInQ {\"N\":\"prod-orders-In-In\"} kept; InQ kept;"},
    /* A template of SAM is transformed, and its local code lies beside it. */
    {{ROOT("Transform: AWS::Serverless-2016-10-31\n"
           "Resources: {App: {Type: AWS::Serverless::Application, Properties: {Location: "
           "in/sam.yaml}}}\n"),
      {"app/in/sam.yaml",
       "Transform: AWS::Serverless-2016-10-31\n"
       "Resources: {T: {Type: AWS::Serverless::SimpleTable}}\n",
       false}},
     .wanted = "AppT {\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],"
               "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_"
               "REQUEST\"};"},
    /* A secret stays one. */
    {{ROOT("Parameters: {P: {Type: String, NoEcho: true}}\n"
           "Resources: {In: " CHILD_STACK(", Parameters: {A: !Ref P}") "}\n"),
      CHILD("Parameters: {A: {Type: String, MinLength: 3}}\n"
            "Resources: {Q: {Type: X, Properties: {A: !Ref A, B: !Sub 'a ${A}'}}}\n")},
     .wanted = "InQ {\"A\":\"****\",\"B\":\"****\"};",
     .parameters = "{P: hunter2}"},
};

static void has_a_scope_of_its_own(void **state)
{
    (void)state;
    check_trees("app/root.yaml", scopes, ARRAY_LENGTH(scopes));
}

#define CHAIN "Resources: {A: {Type: X}, B: {Type: X, DependsOn: A}, C: {Type: X}}\n"
static const struct tree_case orders[] = {
    /* All of a stack comes before what depends on it, and after what it depends on. */
    {{ROOT("Resources:\n"
           "  Last: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, DependsOn: First, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  First: {Type: X}\n"),
      CHILD(CHAIN)},
     .wanted = "First; InA <- First; InB <- InA; InC <- First; Last <- InB,InC;"},
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
     .wanted = "OneA; OneB <- OneA; OneC; TwoD <- OneA,OneB,OneC; TwoE {\"P\":{\"Ref\":\"OneA\"}} <- "
               "OneA,OneB,OneC;"},
    /* A stack without resources hands on. */
    {{ROOT("Resources:\n"
           "  Last: {Type: X, DependsOn: In}\n"
           "  In: {Type: AWS::CloudFormation::Stack, DependsOn: First, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  First: {Type: X}\n"),
      CHILD("Conditions: {Fails: !Equals [a, b]}\nResources: {A: {Type: X, Condition: Fails}}\n")},
     .wanted = "First; Last <- First;"},
    /* An import from a stack of the application. */
    {{ROOT("Resources:\n"
           "  Two: " STACK("two.yaml", "") "\n"
                                           "  One: " CHILD_STACK("") "\n"),
      CHILD("Resources: {A: {Type: X}}\nOutputs: {O: {Value: !Ref A, Export: {Name: !Sub "
            "'the-${AWS::Region}'}}}\n"),
      {"app/two.yaml", "Resources: {D: {Type: X, Properties: {P: !ImportValue the-eu-west-1}}}\n", false}},
     .wanted = "OneA; TwoD {\"P\":{\"Ref\":\"OneA\"}} <- OneA; "
               "{\"OneO\":{\"Value\":{\"Ref\":\"OneA\"},\"Export\":{\"Name\":\"the-eu-west-1\"}}}"},
};

static void keeps_the_order_of_stacks(void **state)
{
    (void)state;
    check_trees("app/root.yaml", orders, ARRAY_LENGTH(orders));
}

#define ROOT_STACK(url, more) ROOT("Resources: {In: " STACK(url, more) "}\n")
static const struct tree_case refusals[] = {
    {{ROOT("Parameters: {Place: {Type: String}}\nResources: {In: " STACK("!Ref Place", "") "}\n")},
     .parameters = "{\"Place\": \"x\"}",
     .wanted = "nested stack 'In': its template is not in the repository: commit it and give its path as "
               "'TemplateURL' (app/root.yaml:2:78)"},
    {{ROOT_STACK("../../t.yaml", "")},
     .wanted = "nested stack 'In': '../../t.yaml' leads out of the repository (app/root.yaml:1:78)"},
    {{ROOT_STACK("/etc/passwd", "")},
     .wanted = "nested stack 'In': '/etc/passwd' leads out of the repository (app/root.yaml:1:78)"},
    {{ROOT_STACK("gone.yaml", "")},
     .wanted = "nested stack 'In': there is no 'app/gone.yaml' in the repository (app/root.yaml:1:78)"},
    {{ROOT_STACK("child.yaml", ", Parameter: {A: b}"), CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "nested stack 'In' has the unknown property 'Parameter', did you mean 'Parameters'? "
               "(app/root.yaml:1:90)"},
    {{ROOT_STACK("child.yaml", ", Parameters: {B: c}"),
      CHILD("Parameters: {A: {Type: String, Default: d}}\nResources: {A: {Type: X}}\n")},
     .wanted = "nested stack 'In': the template 'app/child.yaml' has no parameter 'B', did you mean 'A'? "
               "(app/root.yaml:1:103)"},
    {{ROOT_STACK("child.yaml", ""), CHILD("Parameters: {A: {Type: String}}\nResources: {A: {Type: X}}\n")},
     .wanted =
         "nested stack 'In': parameter 'A' has no value: set it under 'parameters' or give it a Default "
         "(app/child.yaml:1:17)"},
    {{ROOT_STACK("child.yaml", ", Parameters: {A: nay}"),
      CHILD("Parameters: {A: {Type: String, AllowedValues: [yay]}}\nResources: {A: {Type: X}}\n")},
     .wanted = "nested stack 'In': parameter 'A' is 'nay' but must be one of: yay (app/root.yaml:1:106)"},
    {{ROOT_STACK("child.yaml", ""), CHILD("Resources: {A: {Type: X, Properties: {P: !Ref Nobody}}}\n")},
     .wanted = "resource 'InA': 'Nobody' is neither a parameter nor a resource (app/child.yaml:1:42)"},
    {{ROOT_STACK("child.yaml", ""), CHILD("Outputs: {}\n")},
     .wanted = "nested stack 'In': the template has no 'Resources' (app/child.yaml:1:1)"},
    {{ROOT("Resources: {In: {Type: AWS::CloudFormation::Stack}}\n")},
     .wanted = "nested stack 'In' needs a 'TemplateURL' (app/root.yaml:1:17)"},
    {{ROOT_STACK("child.yaml", ", Tags: {a: b}"), CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "'Tags' of nested stack 'In' must be a list (app/root.yaml:1:96)"},
    {{ROOT_STACK("child.yaml", ", Tags: [{Key: a}]"), CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "a tag of nested stack 'In' needs a 'Key' and a 'Value' (app/root.yaml:1:97)"},
    {{ROOT("Resources: {Q: {Type: X}, In: " CHILD_STACK(", Tags: [{Key: a, Value: !Ref Q}]") "}\n"),
      CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "the tag 'a' of nested stack 'In' must be known when the template is rendered "
               "(app/root.yaml:1:111)"},
    {{ROOT("Resources: {Q: {Type: X}, In: " CHILD_STACK(", Parameters: {P: !Ref Q}") "}\n"),
      CHILD("Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>'}}\nResources: {A: {Type: X}}\n")},
     .wanted = "nested stack 'In': parameter 'P' takes its value from SSM, under a name that must be known "
               "when the template is rendered (app/root.yaml:1:120)"},
    /* A template that nests itself, at once or by way of another. */
    {{ROOT_STACK("root.yaml", "")},
     .wanted = "templates nest each other in a circle: app/root.yaml -> app/root.yaml (app/root.yaml:1:78)"},
    {{ROOT_STACK("child.yaml", ""), CHILD("Resources: {Back: " STACK("root.yaml", "") "}\n")},
     .wanted = "templates nest each other in a circle: app/root.yaml -> app/child.yaml -> app/root.yaml "
               "(app/child.yaml:1:80)"},
    /* Stacks that wait for each other. */
    {{ROOT("Resources:\n"
           "  One: " CHILD_STACK(", Parameters: {P: !GetAtt Two.Outputs.O}") "\n"
                                                                             "  Two: " CHILD_STACK(
                                                                                 ", Parameters: {P: !GetAtt "
                                                                                 "One.Outputs.O}") "\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: a}}\n")},
     .wanted = "nested stack 'One': nested stack 'Two': nested stacks depend on each other in a circle: One "
               "-> Two -> "
               "One (app/root.yaml:2:8)"},
    {{ROOT("Resources:\n"
           "  One: {Type: AWS::CloudFormation::Stack, DependsOn: Two, Properties: {TemplateURL: "
           "child.yaml}}\n"
           "  Two: {Type: AWS::CloudFormation::Stack, DependsOn: One, Properties: {TemplateURL: "
           "child.yaml}}\n"),
      CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "resources depend on each other in a circle: OneA -> TwoA -> OneA (app/child.yaml:1:16)"},
    {{ROOT("Resources:\n"
           "  Q: {Type: X, Properties: {P: !GetAtt In.Outputs.O}}\n"
           "  In: " CHILD_STACK(", Parameters: {P: !Ref Q}") "\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X, Properties: {P: !Ref P}}}\n"
            "Outputs: {O: {Value: !Ref A}}\n")},
     .wanted = "resources depend on each other in a circle: Q -> InA -> Q (app/root.yaml:2:6)"},
    /* Two ways to the same id. */
    {{ROOT("Resources: {InA: {Type: X}, In: " CHILD_STACK("") "}\n"), CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "there are two resources 'InA' with the names of their nested stacks in front: rename one "
               "(app/child.yaml:1:13)"},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Outputs.Ab}}}\n"),
      CHILD("Resources: {A: {Type: X}}\nOutputs: {Aa: {Value: a}}\n")},
     .wanted =
         "resource 'Q': nested stack 'In' has no output 'Ab', did you mean 'Aa'? (app/root.yaml:1:121)"},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Arn}}}\n"),
      CHILD("Resources: {A: {Type: X}}\n")},
     .wanted = "resource 'Q': nested stack 'In' has no attribute 'Arn': only 'Outputs.NAME' can be had of it "
               "(app/root.yaml:1:121)"},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Q: {Type: X, Properties: {P: !GetAtt In.Outputs.O}}}\n"),
      CHILD("Conditions: {Fails: !Equals [a, b]}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: a, "
            "Condition: Fails}}\n")},
     .wanted = "resource 'Q': output 'O' of nested stack 'In' is not there because its condition is false "
               "(app/root.yaml:1:121)"},
    {{ROOT("Resources: {In: " CHILD_STACK("") ", Two: " CHILD_STACK("") "}\n"),
      CHILD("Resources: {A: {Type: X, Properties: {P: !ImportValue e}}}\n"
            "Outputs: {O: {Value: a, Export: {Name: e}}}\n")},
     .wanted = "resource 'InA': two outputs of the application export 'e' (app/child.yaml:2:40)"},
    {{ROOT("Resources: {In: " CHILD_STACK(", Parameters: {P: !GetAtt In.Outputs.O}") "}\n"),
      CHILD("Parameters: {P: {Type: String}}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: !Ref P}}\n")},
     .wanted =
         "nested stack 'In': nested stacks depend on each other in a circle: In -> In (app/root.yaml:1:17)"},
    /* A condition cannot wait for a resource of the parent. */
    {{ROOT("Resources: {Q: {Type: X}, In: " CHILD_STACK(", Parameters: {P: !Ref Q}") "}\n"),
      CHILD("Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\nResources: {A: "
            "{Type: X}}\n")},
     .wanted = "nested stack 'In': condition 'C' needs 'Q', which is not known without an account "
               "(app/child.yaml:2:17)"},
};

static void refuses_by_name(void **state)
{
    (void)state;
    check_trees("app/root.yaml", refusals, ARRAY_LENGTH(refusals));
}

/* Files that a test makes; the root is written last. */
struct made {
    struct arena *arena;
    struct tree_case tree;
    size_t count;
};

static void add_file(struct made *made, const char *path, struct buf *text)
{
    made->tree.files[made->count++] =
        (struct memory_file){.path = path, .content = arena_strz(made->arena, buf_str(text))};
    buf_clear(text);
}

static void stays_bounded(void **state)
{
    struct made made = {.arena = arena_new()};
    struct buf text = BUF_INIT(BUF_LARGE);
    (void)state;
    /* Six stacks of 450 resources. */
    buf_addz(&text, "Resources:\n");
    for (int i = 0; i < 450; i++)
        buf_printf(&text, "  R%d: {Type: X}\n", i);
    add_file(&made, "app/child.yaml", &text);
    buf_addz(&text, "Resources:\n");
    for (int i = 0; i < 6; i++)
        buf_printf(&text, "  S%d: " CHILD_STACK("") "\n", i);
    add_file(&made, "app/root.yaml", &text);
    made.tree.wanted = "the application has more than 2500 resources with those of its nested stacks "
                       "(app/child.yaml:252:3)";
    check_trees("app/root.yaml", &made.tree, 1);
    /* Each stack hands on twice what it got. */
    made.count = 0;
    buf_addz(&text,
             "Parameters: {P: {Type: String}}\nResources: {T: {Type: X}}\nOutputs: {O: {Value: !Ref P}}\n");
    add_file(&made, "app/child.yaml", &text);
    buf_addz(&text, "Resources:\n  Q: {Type: X}\n  S0: " CHILD_STACK(", Parameters: {P: !Ref Q}") "\n");
    for (int i = 1; i < 40; i++)
        buf_printf(&text,
                   "  S%d: " CHILD_STACK(", Parameters: {P: !Sub '${S%d.Outputs.O}${S%d.Outputs.O}'}") "\n",
                   i, i - 1, i - 1);
    add_file(&made, "app/root.yaml", &text);
    made.tree.wanted = "nested stack 'S11': nested stack 'S10': output 'O': what this stands for has more "
                       "than 5000 values (app/child.yaml:3:22)";
    check_trees("app/root.yaml", &made.tree, 1);
    buf_release(&text);
    arena_free(made.arena);
}

static void refuses_deep_nesting(void **state)
{
    static const char *const paths[] = {"app/root.yaml", "app/1.yaml", "app/2.yaml",  "app/3.yaml",
                                        "app/4.yaml",    "app/5.yaml", "app/6.yaml",  "app/7.yaml",
                                        "app/8.yaml",    "app/9.yaml", "app/10.yaml", "app/11.yaml"};
    struct made made = {.arena = arena_new()};
    struct buf text = BUF_INIT(BUF_SMALL);
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        buf_printf(&text, "Resources: {In: " STACK("%zu.yaml", "") "}\n", i + 1);
        add_file(&made, paths[i], &text);
    }
    made.tree.wanted = "nested stack 'InInInInInInInInInIn': nested stack 'InInInInInInInInInInIn': stacks "
                       "are nested more than 10 deep (app/10.yaml:1:13)";
    check_trees("app/root.yaml", &made.tree, 1);
    buf_release(&text);
    arena_free(made.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_scope_of_its_own), cmocka_unit_test(keeps_the_order_of_stacks),
        cmocka_unit_test(refuses_by_name),        cmocka_unit_test(stays_bounded),
        cmocka_unit_test(refuses_deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
