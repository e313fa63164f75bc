// These chains consist of headers alone: nothing is executed or validated.
#include <strata/chain/chain_store.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

using testing::FaultyBlockstore;

const Cid kAny = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});

BlockHeader header_at(ChainEpoch height, const std::vector<Cid>& parents, ActorId miner = 1000,
                      std::uint64_t signal = 0) {
    BlockHeader out;
    out.miner = Address::id(miner);
    out.ticket = Ticket{Bytes(96, static_cast<std::uint8_t>(miner + signal))};
    out.height = height;
    out.parents = parents;
    out.parent_state_root = out.parent_message_receipts = out.messages = kAny;
    out.timestamp = static_cast<std::uint64_t>(height);
    out.fork_signaling = signal;
    return out;
}

class ChainStoreTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(store->start(header_at(0, {}))); }

    /// Stores a block on `parent` and returns its tipset.
    TipsetPtr add(const TipsetPtr& parent, ChainEpoch height, std::uint64_t signal = 0) {
        const auto header = header_at(height, parent->cids(), 1000, signal);
        EXPECT_TRUE(store->put_header(header));
        return Tipset::make({header}).value();
    }
    /// Adds `count` tipsets, with null rounds between some of them.
    TipsetPtr extend(TipsetPtr tip, int count, std::uint64_t signal = 0) {
        for (int i = 0; i < count; ++i) tip = add(tip, tip->height() + (i % 50 == 0 ? 100 : 1 + i % 3), signal);
        return tip;
    }
    /// Follows the definition: parent by parent.
    TipsetPtr walk(TipsetPtr tip, ChainEpoch epoch, ChainStore::Null null) {
        TipsetPtr above = tip;
        while (tip->height() > epoch) {
            above = tip;
            tip = store->parent(*tip).value();
        }
        return tip->height() == epoch || null == ChainStore::Null::previous ? tip : above;
    }
    void expect_same_answers(const TipsetPtr& tip) {
        for (ChainEpoch epoch = 0; epoch <= tip->height(); epoch += 7)
            for (const auto null : {ChainStore::Null::previous, ChainStore::Null::next}) {
                const auto found = store->tipset_at(epoch, tip, null);
                ASSERT_TRUE(found) << found.error().message();
                EXPECT_EQ((*found)->key(), walk(tip, epoch, null)->key()) << epoch;
            }
    }
    void forget_cache() {
        store = std::make_unique<ChainStore>(blocks, meta);
        ASSERT_TRUE(store->open());
    }

    FaultyBlockstore blocks;
    store::MemoryKeyValue meta;
    std::unique_ptr<ChainStore> store = std::make_unique<ChainStore>(blocks, meta);
};

// Lotus sorts the blocks when it loads a tipset (chain/store/store.go LoadTipSet, chain/types/tipset.go NewTipSet); no
// rule demands an order.
TEST_F(ChainStoreTest, parents_may_be_written_in_any_order) {
    const auto genesis = store->genesis()->cids();
    const auto a = header_at(1, genesis, 1000);
    const auto b = header_at(1, genesis, 1001);
    ASSERT_TRUE(store->put_header(a));
    ASSERT_TRUE(store->put_header(b));
    const auto sorted = Tipset::make({a, b}).value();
    auto reversed = sorted->cids();
    std::ranges::reverse(reversed);
    for (int i = 0; i < 2; ++i) {  // the second time from the cache
        const auto loaded = store->tipset(TipsetKey(reversed));
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ((*loaded)->cids(), sorted->cids());
    }
    EXPECT_TRUE(same_blocks(TipsetKey(reversed), sorted->key()));
    EXPECT_FALSE(same_blocks(TipsetKey({reversed[0]}), sorted->key()));
    // The blocks of a tipset must name their parents in the same order (NewTipSet, "mismatching parents").
    EXPECT_FALSE(Tipset::make({header_at(2, sorted->cids(), 1000), header_at(2, reversed, 1001)}));
}

TEST_F(ChainStoreTest, a_tipset_that_is_asked_for_is_not_found_and_one_that_must_be_here_is_missing) {
    const TipsetKey unknown({kAny});
    EXPECT_EQ(store->find_tipset(unknown).error().code(), Errc::not_found);
    EXPECT_EQ(store->find_tipset(TipsetKey()).error().code(), Errc::not_found);
    EXPECT_EQ(store->tipset(unknown).error().code(), Errc::missing_block);
    EXPECT_EQ(store->find_tipset(store->genesis()->key()).value()->key(), store->genesis()->key());
}

TEST_F(ChainStoreTest, tipsets_by_height_are_those_of_a_walk) {
    const auto fork_point = extend(store->genesis(), 300);
    const auto main = extend(fork_point, 300);
    ASSERT_TRUE(store->set_head(main));
    const auto fork = extend(fork_point, 80, 1);
    expect_same_answers(main);
    expect_same_answers(fork);
    EXPECT_EQ(store->tipset_at(-1, main, ChainStore::Null::next).error().code(), Errc::out_of_range);
    EXPECT_EQ(store->tipset_at(main->height() + 1, main, ChainStore::Null::next).error().code(), Errc::out_of_range);
}

TEST_F(ChainStoreTest, the_index_follows_a_change_of_head_and_a_restart) {
    const auto fork_point = extend(store->genesis(), 100);
    const auto first = extend(fork_point, 150);
    const auto second = extend(fork_point, 90, 1);
    ASSERT_TRUE(store->set_head(first));
    ASSERT_TRUE(store->set_head(second));
    expect_same_answers(second);
    expect_same_answers(first);
    forget_cache();
    EXPECT_EQ(store->head()->key(), second->key());
    expect_same_answers(second);
    ASSERT_TRUE(store->set_head(fork_point));
    expect_same_answers(fork_point);
    expect_same_answers(second);
}

TEST_F(ChainStoreTest, a_look_far_back_reads_few_headers) {
    const auto tip = extend(store->genesis(), 3'000);
    ASSERT_TRUE(store->set_head(tip));
    for (const ChainEpoch epoch : {ChainEpoch{0}, ChainEpoch{1}, ChainEpoch{1'000}, tip->height() / 2}) {
        forget_cache();
        const auto before = blocks.reads();
        ASSERT_TRUE(store->tipset_at(epoch, tip, ChainStore::Null::next));
        EXPECT_LE(blocks.reads() - before, 2U * ChainStore::kAnchorEvery) << epoch;
    }
}

// Lotus makes 900 comparisons, the first of them before any step back (chain/store/store.go exceedsForkLength).
TEST_F(ChainStoreTest, a_head_may_revert_899_tipsets) {
    const auto base = extend(store->genesis(), 1);
    const auto fork = extend(base, 1, 1);
    auto tip = base;
    for (int i = 0; i < 899; ++i) tip = add(tip, tip->height() + 1);
    const auto way = way_between(*store, tip, fork);
    ASSERT_TRUE(way) << way.error().message();
    EXPECT_EQ(way->reverted.size(), 899U);
    EXPECT_EQ(way->applied.size(), 1U);
    EXPECT_EQ(way_between(*store, add(tip, tip->height() + 1), fork).error().code(), Errc::out_of_range);
}

// An I/O error is reported as such, and the next attempt works.
TEST_F(ChainStoreTest, a_failing_disk_is_no_lost_block) {
    const auto tip = extend(store->genesis(), 10);
    forget_cache();
    blocks.fail_read(1);
    EXPECT_EQ(store->tipset(tip->key()).error().code(), Errc::io);
    EXPECT_TRUE(store->tipset(tip->key()));
}

}  // namespace
}  // namespace strata::chain
