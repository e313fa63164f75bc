// Protects `strata repo`: what it says about a stopped node, and its exit codes. Source: docs/operating.md ("Disk",
// "Exit codes").
#include <nlohmann/json.hpp>

#include <strata/cli/test_program.hpp>
#include <strata/node/test_snapshot.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::strata_says;

class RepoVerb : public testing::Program {
  protected:
    std::string node() const {
        node::testing::put_into(path("node"), *node::testing::made_chain(30, 5));
        return path("node");
    }
};

TEST_F(RepoVerb, shows_checks_and_collects) {
    const auto folder = node();
    auto ran = strata_says({"repo", "check", folder, "--all", "--json"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(json::parse(ran.out)["states"], 30);
    ran = strata_says({"repo", "collect", folder});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("freed"));
    ran = strata_says({"repo", "show", folder, "--json"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const auto shown = json::parse(ran.out);
    EXPECT_EQ(shown["families"].size(), 2U);
    EXPECT_EQ(shown["head"], 30);
    EXPECT_EQ(shown["collecting"], false);
    ran = strata_says({"repo", "show", folder});
    EXPECT_THAT(ran.out, HasSubstr("headers, messages and receipts, for good"));
    ran = strata_says({"repo", "check", folder});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("31 tipsets, 31 headers, linked from epoch 30 to genesis"));
}

TEST_F(RepoVerb, refuses_what_it_cannot_do) {
    for (const auto* verb : {"check", "collect", "show"})
        expect_refusal(kSaysNo, {"repo", verb, path("nothing")}, {"holds no chain"});
    expect_refusal(kSaysUsage, {"repo", "collect", path("x"), "--keep-epochs", "1899"}, {"1899", "from 1900 on"});
    expect_refusal(kSaysUsage, {"repo", "collect", path("x"), "--keep-epochs", "all"}, {"nothing to collect"});
    expect_refusal(kSaysUsage, {"node", "run", "--network", path("x"), "--keep-epochs", "many"}, {"many", "\"all\""});
    expect_refusal(kSaysUsage, {"repo"}, {"check, collect, show"});
}

// A store that lacks a block: the verdict is "no", with the epoch.
TEST_F(RepoVerb, says_what_is_missing) {
    const auto made = node::testing::made_chain(30, 5);
    auto tree = vm::StateTree::load(made->blocks, made->chain.head()->parent_state_root()).value();
    const auto lost = tree.get(kInitId).value()->head;
    {
        const auto repository = store::Repository::open(folder_ / "node" / "repository").value();
        for (const auto& [cid, data] : made->blocks.blocks())
            if (cid != lost) ASSERT_TRUE(repository->blocks().put_block(cid, data));
        chain::ChainStore chain(repository->blocks(), repository->records());
        ASSERT_TRUE(chain.adopt(made->chain.genesis(), made->chain.head()));
    }
    expect_refusal(kSaysNo, {"repo", "check", path("node")}, {"epoch 30", lost.to_string()});
    expect_refusal(kSaysNo, {"repo", "collect", path("node")}, {lost.to_string()});
}

}  // namespace
}  // namespace strata::cli
