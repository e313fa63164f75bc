// A chain of our own making is taken over as from a snapshot; what must be found at each epoch follows from how it was
// made.
#include <gtest/gtest.h>

#include <strata/base/log.hpp>
#include <strata/chain/indexing.hpp>
#include <strata/chain/snapshot/import.hpp>
#include <strata/node/indexer.hpp>
#include <strata/node/test_snapshot.hpp>

namespace strata::node {
namespace {

constexpr ChainEpoch kHead = 4'200;

class IndexerTest : public ::testing::Test {
  protected:
    static chain::testing::TestChain& made() {
        static const auto out = testing::made_chain(kHead, 3);
        return *out;
    }
    void SetUp() override {
        chain::ChainStore chain(blocks(), records_);
        const chain::ExpectedChain expected{.network = nullptr, .genesis = made().chain.genesis()->cids().front()};
        ASSERT_TRUE(chain::adopt_snapshot(made().chain.head()->cids(), chain, expected, {}));
    }
    static Blockstore& blocks() { return made().blocks; }
    static Result<chain::TipsetPtr> at(chain::ChainStore& chain, ChainEpoch epoch) {
        return chain.tipset_at(epoch, chain.head(), chain::NullRound::previous);
    }
    static void wait_for(const Indexer& indexer) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
        while (!indexer.is_done() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ASSERT_TRUE(indexer.is_done());
    }

    store::MemoryKeyValue records_;
};

TEST_F(IndexerTest, EpochsFarBelowTheHeadAreAnsweredOnceTheIndexIsComplete) {
    chain::ChainStore chain(blocks(), records_);
    ASSERT_TRUE(chain.open());
    EXPECT_EQ(at(chain, 100).error().code(), Errc::busy);
    Indexer indexer(chain, {.tipsets = 64, .pause = {}});
    wait_for(indexer);
    for (const ChainEpoch epoch : {kHead, ChainEpoch{100}, ChainEpoch{33}, ChainEpoch{1}, ChainEpoch{0}})
        EXPECT_EQ(at(chain, epoch).value()->height(), epoch);
    EXPECT_FALSE(records_.get("chain/indexing").value());
}

TEST_F(IndexerTest, ARestartWithANewHeadGoesOnWhereTheLastRunStopped) {
    ChainEpoch reached = 0;
    {
        chain::ChainStore chain(blocks(), records_);
        ASSERT_TRUE(chain.open());
        reached = chain.index_down(chain.head(), 200).value()->height();
        // The head moves, as that of a running node does.
        ASSERT_TRUE(chain.set_head(at(chain, kHead - 1).value()));
    }
    chain::ChainStore chain(blocks(), records_);
    ASSERT_TRUE(chain.open());
    const auto from = chain::head_of_indexing(chain).value();
    ASSERT_TRUE(from);
    EXPECT_EQ((*from)->height(), kHead) << "the head when the chain was taken over, not the present one";
    // One step adds a thousand tipsets to what was there.
    EXPECT_EQ(chain.index_down(*from, 1'000).value()->height(), reached - 1'000);
    Indexer indexer(chain, {.tipsets = 1'000, .pause = {}});
    wait_for(indexer);
    EXPECT_LT(reached, kHead - 2'000);
    EXPECT_EQ(at(chain, 64).value()->height(), 64);
}

/// Records that cannot be written while the disk is full.
class FullDisk final : public store::KeyValue {
  public:
    explicit FullDisk(store::KeyValue& inner) : inner_(inner) {}
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<store::Write>& batch) override {
        if (is_full) {
            ++refused;
            return fail(Errc::no_space, "the disk is full");
        }
        return inner_.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }

    std::atomic<bool> is_full = true;
    std::atomic<int> refused = 0;

  private:
    store::KeyValue& inner_;
};

TEST_F(IndexerTest, AFullDiskIsToldOnceAndTheIndexIsCompletedLater) {
    FullDisk disk(records_);
    chain::ChainStore chain(blocks(), disk);
    ASSERT_TRUE(chain.open());
    std::atomic<int> told = 0;
    ASSERT_TRUE(start_log({.levels = "info", .sink = [&](LogLevel level, std::string_view line) {
                               if (level == LogLevel::warning && line.contains("cannot be completed now")) ++told;
                           }}));
    {
        Indexer indexer(chain, {.tipsets = 1'000, .pause = {}, .after_error = {}});
        while (disk.refused < 20) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        disk.is_full = false;
        wait_for(indexer);
    }
    ASSERT_TRUE(start_log({.levels = "warning"}));
    EXPECT_EQ(told, 1);
    EXPECT_EQ(at(chain, 100).value()->height(), 100);
}

TEST_F(IndexerTest, AnIndexerStopsBetweenTwoSteps) {
    chain::ChainStore chain(blocks(), records_);
    ASSERT_TRUE(chain.open());
    {
        const Indexer indexer(chain, {.tipsets = 1, .pause = std::chrono::hours(1)});
    }
    EXPECT_EQ(at(chain, 100).error().code(), Errc::busy);
}

}  // namespace
}  // namespace strata::node
