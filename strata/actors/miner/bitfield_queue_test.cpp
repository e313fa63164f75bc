// Cases of builtin-actors v18 actors/miner/tests/miner_actor_test_bitfield_queue.rs.
#include <strata/actors/miner/bitfield_queue.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

using Entries = std::map<std::uint64_t, BitField>;

class BitFieldQueueTest : public actors::testing::RuntimeTest {
  protected:
    static BitFieldQueue empty(Runtime& rt, const QuantSpec& quant = kNoQuantization) {
        const Cid root = AmtArray<BitField>::empty_root(rt.store(), 3).value();
        return BitFieldQueue::load(rt, root, quant).value();
    }
    static Entries entries(BitFieldQueue& queue) {
        Entries out;
        EXPECT_TRUE(queue.amt().for_each([&](std::uint64_t epoch, const BitField& values) -> Status {
            out.emplace(epoch, values);
            return {};
        }));
        return out;
    }
};

TEST_F(BitFieldQueueTest, QuantizesEpochs) {
    run([](Runtime& rt) {
        auto queue = empty(rt, {5, 3});
        for (const std::uint64_t value : {0U, 2U, 3U, 4U, 7U, 8U, 9U})
            ASSERT_TRUE(queue.add_to_queue(static_cast<ChainEpoch>(value), {value}));
        EXPECT_EQ(entries(queue), (Entries{{3, {0, 2, 3}}, {8, {4, 7, 8}}, {13, {9}}}));
    });
}

TEST_F(BitFieldQueueTest, MergesWithinAnEpochAndKeepsNothingEmpty) {
    run([](Runtime& rt) {
        auto queue = empty(rt);
        ASSERT_TRUE(queue.add_to_queue(42, {1, 3}));
        ASSERT_TRUE(queue.add_many_to_queue_values({{93, 7}, {42, 2}, {42, 4}, {93, 7}}));
        ASSERT_TRUE(queue.add_to_queue(50, {}));
        EXPECT_EQ(entries(queue), (Entries{{42, {1, 2, 3, 4}}, {93, {7}}}));
    });
}

TEST_F(BitFieldQueueTest, PopsUpToAnEpoch) {
    run([](Runtime& rt) {
        auto queue = empty(rt);
        EXPECT_FALSE(queue.pop_until(42).value());
        ASSERT_TRUE(queue.add_to_queue(42, {1, 3}));
        ASSERT_TRUE(queue.add_to_queue(93, {5}));
        ASSERT_TRUE(queue.add_to_queue(94, {6, 7, 8}));
        ASSERT_TRUE(queue.add_to_queue(204, {2, 4}));
        EXPECT_FALSE(queue.pop_until(41).value());
        EXPECT_EQ(queue.pop_until(93).value(), (BitField{1, 3, 5}));
        EXPECT_EQ(entries(queue), (Entries{{94, {6, 7, 8}}, {204, {2, 4}}}));
        EXPECT_FALSE(queue.pop_until(93).value());
        EXPECT_EQ(queue.pop_until(204).value(), (BitField{2, 4, 6, 7, 8}));
        EXPECT_EQ(entries(queue), Entries{});
    });
}

TEST_F(BitFieldQueueTest, Cuts) {
    run([](Runtime& rt) {
        auto queue = empty(rt);
        ASSERT_TRUE(queue.add_to_queue(42, {1, 2, 3, 4, 99}));
        ASSERT_TRUE(queue.add_to_queue(93, {5, 6}));
        ASSERT_TRUE(queue.cut({2, 4, 5, 6}));
        EXPECT_EQ(entries(queue), (Entries{{42, {1, 2, 95}}}));
    });
}

}  // namespace
}  // namespace strata::actors::miner
