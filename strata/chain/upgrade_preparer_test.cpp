// Protects that a node does most of an upgrade's work ahead, once, in the time for it, and that this changes no result.
// The epochs: lotus chain/consensus/filcns/upgrades.go (StartWithin 120, DontStartWithin 15, StopWithin 10), with the
// comparisons of chain/stmgr/forks.go (preMigrationWorker). States: Lotus' (vectors/lotus-devnet/long).
#include <strata/chain/upgrade_preparer.hpp>

#include <gtest/gtest.h>

#include <future>

#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

constexpr ChainEpoch kHead = 1'250;

// Reads until it is stopped, if `stays` is set.
class FakeMigration final : public StateMigration {
  public:
    Result<Cid> migrate(Blockstore&, const Cid& root, ChainEpoch) const override { return root; }
    Status prepare(Blockstore& blocks, const Cid& root) const override {
        prepared.push_back(root);
        has_begun = true;
        while (stays) STRATA_OK(blocks.has(root));
        return outcome;
    }
    bool stays = false;
    Status outcome;
    mutable std::vector<Cid> prepared;  // read it when the work has ended
    mutable std::atomic<bool> has_begun = false;
};

class Preparer : public ::testing::Test {
  public:
    ~Preparer() override { preparer_.reset(); }

  protected:
    Preparer() { network_.migrations[kSolstice] = migration_; }
    void upgrade_at(ChainEpoch height) { network_.upgrades.move("Xx", height); }
    void head(ChainEpoch epoch) { preparer_->on_head(*recorded_.at(epoch)); }
    // Starts the work at the head, if it is time to, and waits for its end.
    bool prepares_for(ChainEpoch height) {
        upgrade_at(height);
        ended_ = {};
        auto end = ended_.get_future();
        preparer_ = make();
        migration_->prepared.clear();
        head(kHead);
        preparer_.reset();
        const bool began = end.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        if (began) EXPECT_EQ(end.get().first, height);
        return began;
    }
    std::unique_ptr<UpgradePreparer> make() {
        return std::make_unique<UpgradePreparer>(
            network_, recorded_.blocks, [this](ChainEpoch upgrade, const Status& result) {
                ended_.set_value({upgrade, result ? std::nullopt : std::optional(result.error().code())});
            });
    }

    testing::RecordedChain& recorded_ = testing::RecordedChain::with_long_history();
    Network network_ = devnet_2k();
    std::shared_ptr<FakeMigration> migration_ = std::make_shared<FakeMigration>();
    std::promise<std::pair<ChainEpoch, std::optional<Errc>>> ended_;
    std::unique_ptr<UpgradePreparer> preparer_ = make();
};

TEST_F(Preparer, works_in_the_hour_before_the_upgrade) {
    EXPECT_FALSE(prepares_for(kHead + 121));
    EXPECT_TRUE(prepares_for(kHead + 120));
    EXPECT_EQ(migration_->prepared, std::vector{recorded_.at(kHead)->parent_state_root()});
    EXPECT_TRUE(prepares_for(kHead + 16));
    EXPECT_FALSE(prepares_for(kHead + 15));
    EXPECT_FALSE(prepares_for(kHead));
    EXPECT_FALSE(prepares_for(kHead - 1));
    network_.migrations.clear();
    EXPECT_FALSE(prepares_for(kHead + 100)) << "there is nothing to prepare";
}

TEST_F(Preparer, works_once_for_an_upgrade) {
    upgrade_at(kHead + 100);
    migration_->outcome = fail(Errc::missing_block, "a block is missing");
    head(kHead);
    const auto ended = ended_.get_future().get();
    EXPECT_EQ(ended, std::pair(kHead + 100, std::optional(Errc::missing_block)));
    head(kHead + 1);
    head(kHead);
    preparer_.reset();
    EXPECT_EQ(migration_->prepared.size(), 1U);
}

TEST_F(Preparer, stops_before_the_upgrade) {
    upgrade_at(kHead + 50);
    migration_->stays = true;
    auto end = ended_.get_future();
    head(kHead);
    head(kHead + 39);
    EXPECT_EQ(end.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    head(kHead + 40);
    EXPECT_EQ(end.get().second, Errc::cancelled);
}

TEST_F(Preparer, stops_with_the_node) {
    upgrade_at(kHead + 50);
    migration_->stays = true;
    head(kHead);
    preparer_.reset();
    EXPECT_EQ(ended_.get_future().get().second, Errc::cancelled);
}

TEST_F(Preparer, a_second_upgrade_is_prepared_too) {
    upgrade_at(kHead + 50);
    head(kHead);
    EXPECT_EQ(ended_.get_future().get().first, kHead + 50);
    ended_ = {};
    upgrade_at(kHead + 140);
    head(kHead + 60);
    EXPECT_EQ(ended_.get_future().get(), std::pair(kHead + 140, std::optional<Errc>()));
}

// A head never waits for a preparation, even if the next upgrade could be prepared already.
TEST_F(Preparer, one_upgrade_at_a_time_and_no_head_waits) {
    upgrade_at(kHead + 50);
    migration_->stays = true;
    auto end = ended_.get_future();
    head(kHead);
    while (!migration_->has_begun) std::this_thread::yield();
    upgrade_at(kHead + 100);
    head(kHead + 36);
    EXPECT_EQ(end.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    upgrade_at(kHead + 500);
    head(kHead + 40);
    EXPECT_EQ(end.get(), std::pair(kHead + 50, std::optional(Errc::cancelled)));
}

TEST_F(Preparer, the_state_after_the_upgrade_is_the_same) {
    const ChainEpoch height = kHead + 60;
    const auto real = devnet_2k().migrations.at(kSolstice);
    const Cid& before = recorded_.at(height)->parent_state_root();
    const Cid expected = real->migrate(recorded_.blocks, before, height).value();
    network_.migrations[kSolstice] = devnet_2k().migrations.at(kSolstice);
    upgrade_at(height);
    head(kHead);
    EXPECT_FALSE(ended_.get_future().get().second);
    EXPECT_EQ(network_.migrate(recorded_.blocks, before, height).value(), expected);
}

}  // namespace
}  // namespace strata::chain
