// The expected values follow lotus api/api_full.go (SyncState, ActiveSync, SyncStateStage) and node/impl/full/sync.go.
#include <gmock/gmock.h>

#include <strata/api/test_node.hpp>
#include <strata/chain/sync_status.hpp>

namespace strata::api {
namespace {

class ApiSyncMethods : public testing::TestNode {};

/// A source with one peer that never answers.
class SilentPeer final : public chain::BlockSource {
  public:
    std::vector<chain::PeerName> peers() override { return {"silent"}; }
    void ask(const chain::PeerName&, const chain::ChainRequest&, std::function<void(chain::ChainAnswer)>) override {}
};

// Go prints an empty slice that was never made as null.
TEST_F(ApiSyncMethods, AnIdleNodeHasNoActiveSync) {
    const auto before = result("SyncState");
    EXPECT_EQ(before["ActiveSyncs"], Json());
    mine_at(1);
    mine_at(height() + 1);
    EXPECT_GT(result("SyncState")["VMApplied"].get<std::uint64_t>(), before["VMApplied"].get<std::uint64_t>());
}

// `lotus sync wait` waits until a task is listed, and Lotus lists its last three (chain/sync_manager.go).
TEST_F(ApiSyncMethods, TheLastChangesOfHeadAreCompleteTasks) {
    const auto genesis = result("ChainGetGenesis");
    mine_at(1);
    const auto first = result("ChainHead");
    const auto one = result("SyncState")["ActiveSyncs"];
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0]["Base"], genesis);
    EXPECT_EQ(one[0]["Target"], first);
    EXPECT_EQ(one[0]["Stage"], 4);
    EXPECT_EQ(one[0]["Height"], first["Height"]);
    EXPECT_EQ(one[0]["End"], one[0]["Start"]);
    for (int i = 0; i < 4; ++i) mine_at(height() + 1);
    const auto last = result("SyncState")["ActiveSyncs"];
    ASSERT_EQ(last.size(), 3U);
    EXPECT_EQ(last[2]["Target"], result("ChainHead"));
    EXPECT_EQ(last[2]["WorkerID"], 5);
}

TEST_F(ApiSyncMethods, AnAnnouncedHeadThatIsNotHereYetIsAnActiveSync) {
    SilentPeer peer;
    node->set_source(peer);
    const TipsetKey unknown({Cid::hash_of(Codec::dag_cbor, Bytes{1})});
    ASSERT_TRUE(node->syncer().follow(unknown, "silent", 1'700'000'042));
    ASSERT_TRUE(node->syncer().run_until_idle(1'700'000'042));
    const auto genesis = result("ChainGetGenesis");
    const auto state = result("SyncState");
    ASSERT_EQ(state["ActiveSyncs"].size(), 1U) << state;
    auto active = state["ActiveSyncs"][0];
    active.erase("WorkerID");
    EXPECT_EQ(active, Json({{"Base", genesis},
                            {"Target", nullptr},
                            {"Stage", 1},
                            {"Height", 0},
                            {"Start", "2023-11-14T22:14:02Z"},
                            {"End", "0001-01-01T00:00:00Z"},
                            {"Message", ""}}));
    chain::NoPeers nobody;
    node->set_source(nobody);
}

TEST_F(ApiSyncMethods, TheReasonOfABadBlockIsTold) {
    mine_at(1);
    auto header = node->head()->blocks().front();
    EXPECT_EQ(result("SyncCheckBad", {Printer('t')(header.cid())}), "");
    // A timestamp that does not follow from the height breaks a rule on every node.
    header.timestamp += 1;
    header.block_sig->data.back() ^= 1;
    const auto messages = node->chain().messages(header);
    ASSERT_TRUE(messages);
    ASSERT_FALSE(node->submit_block({header, *messages}, header.timestamp));
    EXPECT_THAT(result("SyncCheckBad", {Printer('t')(header.cid())}).get<std::string>(),
                ::testing::HasSubstr("timestamp"));
}

}  // namespace
}  // namespace strata::api
