// Protects the command line itself: which verbs exist, what help and version print, and that every wrong word ends with
// exit code 2 and a sentence that says what to write instead. Source: docs/operating.md, "Exit codes".
#include <strata/cli/main.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using ::testing::ContainsRegex;
using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysUsage;
using testing::strata_says;

// README.md and docs/operating.md name these verbs.
const std::vector<std::vector<std::string>> kVerbs = {
    {"demo"},           {"devnet", "up"},   {"vectors"},          {"chain", "replay"}, {"chain", "export"},
    {"proofs", "seal"}, {"proofs", "post"}, {"proofs", "verify"}, {"proofs", "setup"}, {"proofs", "constraints"}};

std::vector<std::string> with(std::vector<std::string> words, std::initializer_list<const char*> more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(CommandLine, the_version_is_printed_and_nothing_is_run) {
    const auto ran = strata_says({"--version"});
    EXPECT_EQ(ran.code, kSaysDone);
    EXPECT_THAT(ran.out, ContainsRegex("^strata [0-9]+\\.[0-9]+\\.[0-9]+\n$"));
    EXPECT_EQ(ran.err, "");
}

TEST(CommandLine, help_goes_to_the_standard_output_and_tells_the_exit_codes) {
    const auto ran = strata_says({"--help"});
    EXPECT_EQ(ran.code, kSaysDone);
    for (const char* part :
         {"demo", "devnet", "vectors", "proofs", "chain", "--log-level", "--log-file", "Begin here", "strata put FILE",
          "Exit codes:", "0 done", "2 a verb or option is wrong", "130 stopped by"})
        EXPECT_THAT(ran.out, HasSubstr(part));
    EXPECT_EQ(ran.err, "");
}

TEST(CommandLine, every_verb_has_help_even_where_its_required_options_are_missing) {
    for (const auto& verb : kVerbs) {
        const auto ran = strata_says(with(verb, {"--help"}));
        EXPECT_EQ(ran.code, kSaysDone) << ran.all();
        EXPECT_THAT(ran.out, HasSubstr("Usage: ")) << verb.back();
        EXPECT_EQ(ran.err, "") << verb.back();
    }
}

TEST(CommandLine, every_verb_refuses_an_option_that_it_does_not_have_and_points_to_its_help) {
    for (const auto& verb : kVerbs) {
        std::string line = "strata";
        for (const auto& word : verb) line += " " + word;
        expect_refusal(kSaysUsage, with(verb, {"--no-such-option"}), {line + ": ", "\"" + line + " --help\""});
    }
}

TEST(CommandLine, required_options_are_named_when_they_are_missing) {
    expect_refusal(kSaysUsage, {"demo"}, {"--file is required"});
    expect_refusal(kSaysUsage, {"vectors"}, {"PATH is required"});
    expect_refusal(kSaysUsage, {"chain", "replay"}, {"CAR is required"});
    expect_refusal(kSaysUsage, {"chain", "export", "folder"}, {"expected FOLDER FILE"});
    expect_refusal(kSaysUsage, {"proofs", "seal", "--folder", "x"}, {"--data is required"});
    expect_refusal(kSaysUsage, {"proofs", "seal", "--data", "x"}, {"--folder is required"});
    expect_refusal(kSaysUsage, {"proofs", "post", "x"}, {"--kind is required"});
    expect_refusal(kSaysUsage, {"proofs", "post", "--kind", "window"}, {"sectors is required"});
    expect_refusal(kSaysUsage, {"proofs", "verify", "--vk", "x"}, {"--inputs is required"});
    expect_refusal(kSaysUsage, {"proofs", "verify", "--inputs", "x"}, {"--vk is required"});
    expect_refusal(kSaysUsage, {"proofs", "setup"}, {"--sector is required"});
    expect_refusal(kSaysUsage, {"proofs", "constraints", "--sector", "2KiB"}, {"--circuit is required"});
}

TEST(CommandLine, an_option_without_its_value_is_refused) {
    for (const auto& [verb, option] :
         std::vector<std::pair<std::vector<std::string>, const char*>>{{{"demo"}, "--file"},
                                                                       {{"devnet", "up"}, "--folder"},
                                                                       {{"devnet", "up"}, "--port"},
                                                                       {{"chain", "replay", "x"}, "--network"},
                                                                       {{"proofs", "seal"}, "--data"},
                                                                       {{"proofs", "verify"}, "--vk"},
                                                                       {{"proofs", "constraints"}, "--circuit"}})
        expect_refusal(kSaysUsage, with(verb, {option}), {option});
}

TEST(CommandLine, a_missing_or_unknown_verb_is_answered_with_the_verbs_that_exist) {
    expect_refusal(kSaysUsage, {}, {"a verb is missing", "strata devnet up", "strata put FILE", "strata --help"});
    expect_refusal(kSaysUsage, {"devnet"}, {"strata devnet: a verb is missing", "the verbs are up"});
    expect_refusal(kSaysUsage, {"proofs"}, {"the verbs are constraints, setup, seal, post, verify"});
    expect_refusal(kSaysUsage, {"chain"}, {"the verbs are replay, export"});
    expect_refusal(kSaysUsage, {"nonsense"}, {"there is no verb \"nonsense\"", "\"strata --help\""});
    expect_refusal(kSaysUsage, {"devnet", "down"}, {"strata devnet: there is no verb \"down\""});
}

TEST(CommandLine, a_verb_with_a_slip_of_the_finger_is_suggested) {
    for (const auto& [wrong, right] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"dmeo"}, "strata demo"},                   // two letters changed places
             {{"vector"}, "strata vectors"},              // one is missing
             {{"chainn"}, "strata chain"},                // one too many
             {{"proofs", "sael"}, "strata proofs seal"},  // in the second word
             {{"proofs", "pos"}, "strata proofs post"}}) {
        expect_refusal(kSaysUsage, wrong, {"Did you mean \"" + right + "\"?"});
    }
    const auto far = strata_says({"juggle"});
    EXPECT_EQ(far.err.find("Did you mean"), std::string::npos) << far.err;
}

TEST(CommandLine, options_of_the_log_are_checked_before_the_verb_runs) {
    const std::vector<std::string> verb = {"proofs",   "constraints", "--circuit",   "winning",
                                           "--sector", "2KiB",        "--count-only"};
    const auto with_log = [&](std::vector<std::string> words) {
        words.insert(words.end(), verb.begin(), verb.end());
        return words;
    };
    expect_refusal(kSaysUsage, with_log({"--log-level", "loud"}), {"loud", "warning"});
    expect_refusal(kSaysUsage, with_log({"--log-level", "info,provider=loud"}), {"loud"});
    const strata::testing::TempFolder folder;
    std::ofstream(folder / "plain") << "x";
    const auto log = (folder / "plain" / "strata.log").string();
    expect_refusal(kSaysUsage, with_log({"--log-file", log}), {log});
    const auto good = strata_says(with_log({"--log-level", "off"}));
    EXPECT_EQ(good.code, kSaysDone) << good.all();
}

}  // namespace
}  // namespace strata::cli
