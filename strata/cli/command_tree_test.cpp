// Protects the help of the program: each verb and option has a sentence, and a verb that does something has an example.
// What is made from the tree has all of them. Source: docs/operating.md, "Exit codes".
#include <strata/cli/command_tree.hpp>

#include <CLI/CLI.hpp>
#include <set>

#include <strata/cli/exit_codes.hpp>
#include <strata/cli/main.hpp>
#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::strata_says;

/// All verbs, with what their help says of them.
std::vector<TreeVerb> tree() {
    CLI::App app;
    Run run;
    const LogOptions log{.levels = {}};
    add_verbs(app, run, log);
    std::vector<TreeVerb> out;
    walk_tree(app, [&](const TreeVerb& verb) { out.push_back(verb); });
    return out;
}

TEST(CommandTree, each_verb_and_option_has_a_sentence) {
    for (const auto& verb : tree()) {
        if (!verb.path.empty()) EXPECT_GE(verb.description.size(), 10U) << verb.name();
        for (const auto& option : verb.options)
            EXPECT_GE(option.description.size(), 5U)
                << verb.name() << " " << (option.names.empty() ? option.argument : option.names.front());
    }
}

TEST(CommandTree, no_verb_begins_its_sentence_with_a_capital_letter_or_ends_it_with_a_full_stop) {
    for (const auto& verb : tree()) {
        if (verb.path.empty()) continue;
        EXPECT_FALSE(verb.description.ends_with('.')) << verb.name();
        const bool is_acronym = verb.description.size() > 1 && std::isupper(verb.description[1]) != 0;
        EXPECT_TRUE(is_acronym || std::isupper(verb.description[0]) == 0) << verb.name() << ": " << verb.description;
    }
}

TEST(CommandTree, an_example_is_a_command_line_of_its_verb) {
    std::size_t examples = 0;
    for (const auto& verb : tree()) {
        constexpr std::string_view kExample = "Example: ";
        if (!verb.footer.starts_with(kExample)) continue;
        ++examples;
        EXPECT_NE(verb.footer.find(verb.name()), std::string::npos) << verb.footer;
    }
    EXPECT_GT(examples, 100U);
}

TEST(CommandTree, completions_have_every_verb_and_option) {
    const auto bash = strata_says({"completion", "bash"}), zsh = strata_says({"completion", "zsh"});
    ASSERT_EQ(bash.code, testing::kSaysDone) << bash.all();
    for (const auto& verb : tree())
        for (const auto& option : verb.options)
            for (const auto& name : option.names) {
                EXPECT_NE(bash.out.find(name), std::string::npos) << name;
                EXPECT_NE(zsh.out.find("'" + name + ":"), std::string::npos) << name;
            }
}

TEST(CommandTree, a_manual_page_has_the_options_and_all_exit_codes) {
    const auto page = strata_says({"man", "msg", "wait"});
    ASSERT_EQ(page.code, testing::kSaysDone) << page.all();
    EXPECT_THAT(page.out, ::testing::HasSubstr("\\-\\-confidence"));
    EXPECT_THAT(page.out, ::testing::HasSubstr("\\fBstrata\\-msg\\fR(1)"));
    for (const auto& one : kExitCodes)
        EXPECT_THAT(page.out, ::testing::HasSubstr("\n" + std::to_string(one.code) + "\n"));
}

}  // namespace
}  // namespace strata::cli
