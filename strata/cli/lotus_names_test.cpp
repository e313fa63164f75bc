// Protects the names of Lotus' verbs. Source: lotus 1.36.2 cli/{state,chain,wallet,auth,net}.go, cmd/lotus-miner.
#include <strata/cli/lotus_names.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using Words = std::vector<std::string>;

TEST(LotusNames, a_verb_of_lotus_becomes_ours_and_its_arguments_stay) {
    EXPECT_EQ(with_our_names({"state", "get-actor", "t01000", "--json"}),
              (Words{"state", "actor", "t01000", "--json"}));
    EXPECT_EQ(with_our_names({"chain", "decode", "params", "t01000", "16", "00"}),
              (Words{"state", "decode", "t01000", "16", "00"}));
    EXPECT_EQ(with_our_names({"lotus-miner", "actor", "withdraw", "5"}), (Words{"sp", "withdraw", "5"}));
    EXPECT_EQ(with_our_names({"lotus", "send", "t01000", "1"}), (Words{"send", "t01000", "1"}));
    EXPECT_EQ(with_our_names({"lotus", "auth", "create-token", "--perm", "read"}),
              (Words{"auth", "token", "--perm", "read"}));
}

TEST(LotusNames, options_of_the_program_may_come_first) {
    EXPECT_EQ(with_our_names({"--log-level", "debug", "net", "listen"}), (Words{"--log-level", "debug", "net", "id"}));
    EXPECT_EQ(with_our_names({"--log-level=debug", "net", "listen"}), (Words{"--log-level=debug", "net", "id"}));
    EXPECT_EQ(with_our_names({"--log-level"}), (Words{"--log-level"}));
}

TEST(LotusNames, other_words_stay_as_they_are) {
    EXPECT_EQ(with_our_names({"wallet", "list"}), (Words{"wallet", "list"}));
    EXPECT_EQ(with_our_names({"put", "info"}), (Words{"put", "info"}));
    EXPECT_EQ(with_our_names({}), Words{});
}

TEST(LotusNames, every_row_leads_to_a_verb_of_this_program) {
    for (const auto& row : lotus_names()) {
        Words words;
        std::istringstream text{std::string(row.theirs)};
        for (std::string word; text >> word;) words.push_back(word);
        words.emplace_back("--help");
        const auto ran = testing::strata_says(words);
        EXPECT_EQ(ran.code, testing::kSaysDone) << row.theirs << "\n" << ran.all();
        if (!row.ours.starts_with("--"))
            EXPECT_THAT(ran.out, ::testing::HasSubstr("Usage: ")) << row.theirs << "\n" << ran.out;
    }
}

}  // namespace
}  // namespace strata::cli
