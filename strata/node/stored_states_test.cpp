// Protects what an operator does with the states on disk: to look at them, to check them, and to remove old ones from a
// stopped node, whatever its chain came from. Source: docs/operating.md ("Disk").
#include <strata/node/stored_states.hpp>

#include <gmock/gmock.h>

#include <strata/node/repository.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/node/test_snapshot.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kTipsets = 60;
constexpr ChainEpoch kKept = 20;

class StoredStatesTest : public ::testing::Test {
  protected:
    static chain::testing::TestChain& made() {
        static const auto chain = testing::made_chain(kTipsets);
        return *chain;
    }
    void SetUp() override { testing::put_into(node_, made()); }
    static std::vector<std::string> families(const fs::path& node) {
        std::vector<std::string> out;
        const auto found = stored_states(node);
        EXPECT_TRUE(found) << found.error().message();
        if (found)
            for (const auto& family : found->families) out.push_back(family.name);
        return out;
    }
    static void expect_collected(const fs::path& node, int generation = 2) {
        const auto done = collect_repository(node, kKept, {});
        ASSERT_TRUE(done) << done.error().message();
        EXPECT_EQ(families(node), (std::vector<std::string>{"chain", "states-" + std::to_string(generation)}));
        const auto check = check_repository(node, {}, /*every_block=*/true);
        ASSERT_TRUE(check) << check.error().message();
        EXPECT_EQ(check->tipsets, kTipsets + 1U);
        EXPECT_EQ(check->states, static_cast<std::uint64_t>(kKept));
        EXPECT_EQ(check->states_from, kTipsets - kKept + 1);
        const auto found = stored_states(node).value();
        EXPECT_EQ(found.last->kept_from, check->states_from);
        EXPECT_FALSE(found.collecting);
        EXPECT_FALSE(found.old_chain);
        EXPECT_EQ(found.in_place, "");
    }
    fs::path exported(ChainEpoch recent) {
        EXPECT_TRUE(export_snapshot(node_, folder_ / "snapshot",
                                    {.format = chain::SnapshotFormat::indexed, .recent_states = recent}));
        return folder_ / "snapshot";
    }
    static chain::ExpectedChain genesis() {
        return {.network = nullptr, .genesis = made().chain.genesis()->cids().front()};
    }

    strata::testing::TempFolder folder_;
    fs::path node_ = folder_ / "node";
};

TEST_F(StoredStatesTest, a_store_without_generations_is_collected) {
    EXPECT_EQ(families(node_), (std::vector<std::string>{"chain", "states-1", "blocks"}));
    EXPECT_TRUE(stored_states(node_)->old_chain);
    expect_collected(node_);
    expect_collected(node_, 3);
}

TEST_F(StoredStatesTest, an_imported_chain_is_collected) {
    const auto target = folder_ / "imported";
    ASSERT_TRUE(import_snapshot(exported(40), target, {.expected = genesis()}));
    const auto before = check_repository(target, {}, /*every_block=*/true);
    ASSERT_TRUE(before) << before.error().message();
    EXPECT_EQ(before->states, 40U);
    EXPECT_EQ(before->without_messages, 0U + kTipsets - 40 + 1) << "genesis is one of them";
    expect_collected(target);
}

TEST_F(StoredStatesTest, a_snapshot_in_place_is_not_needed_after_a_collection) {
    const auto target = folder_ / "in place";
    const auto file = exported(40);
    ASSERT_TRUE(import_snapshot(file, target, {.expected = genesis(), .in_place = true}));
    EXPECT_EQ(stored_states(target)->in_place, fs::absolute(file).string());
    const auto before = check_repository(target, {}, /*every_block=*/true);
    ASSERT_TRUE(before) << before.error().message();
    EXPECT_EQ(before->states, 40U);
    expect_collected(target);
    fs::remove(file);
    EXPECT_TRUE(open_repository(target / "repository", {}));
    expect_collected(target, 3);
}

// A collection that was stopped goes on, and the snapshot stays until it has ended.
TEST_F(StoredStatesTest, a_stopped_collection_goes_on) {
    std::atomic<bool> stop = false;
    int steps = 0;
    Watch watch;
    watch.stop = &stop;
    watch.progress = [&](std::string_view, double) { stop = ++steps > 2; };
    const auto stopped = collect_repository(node_, kKept, watch);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    EXPECT_TRUE(stored_states(node_)->collecting);
    const auto check = check_repository(node_, {}, /*every_block=*/true);
    ASSERT_TRUE(check) << check.error().message();
    EXPECT_EQ(check->states, 0U + kTipsets);
    expect_collected(node_);
}

TEST_F(StoredStatesTest, damage_is_found_with_its_epoch) {
    // The state of the head loses a block: the chain goes to a new repository without it.
    auto tree = vm::StateTree::load(made().blocks, made().chain.head()->parent_state_root()).value();
    const auto lost = tree.get(kInitId).value()->head;
    const auto target = folder_ / "damaged";
    {
        const auto repository = store::Repository::open(target / "repository").value();
        std::vector<CarriedBlock> blocks;
        for (const auto& [cid, data] : made().blocks.blocks())
            if (cid != lost) blocks.push_back({cid, data});
        ASSERT_TRUE(repository->blocks().put_blocks(blocks));
        chain::ChainStore chain(repository->blocks(), repository->records());
        ASSERT_TRUE(chain.adopt(made().chain.genesis(), made().chain.head()));
    }
    const auto check = check_repository(target, {}, /*every_block=*/false);
    ASSERT_FALSE(check);
    EXPECT_EQ(check.error().code(), Errc::missing_block);
    EXPECT_THAT(check.error().message(), HasSubstr("epoch 60"));
    EXPECT_THAT(check.error().message(), HasSubstr(lost.to_string()));
}

TEST_F(StoredStatesTest, a_folder_without_a_node_is_refused) {
    EXPECT_EQ(stored_states(folder_ / "nothing").error().code(), Errc::not_found);
    EXPECT_EQ(check_repository(folder_ / "nothing", {}, false).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::node
