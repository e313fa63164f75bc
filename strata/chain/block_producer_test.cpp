// Mines on a network of three miners with stub proofs: a winner's block obeys the rules, holds only valid messages, and
// is its only block of the epoch.
#include <strata/chain/block_producer.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {
namespace {

class Producer : public ::testing::Test {
  protected:
    Producer() {
        for (int i = 0; i < 3; ++i)
            STRATA_CHECK(wallet_.import_key(testing::test_key("worker " + std::to_string(i))).has_value());
    }

    /// Returns the miner's first win above the head.
    Win next_win(const Address& miner = Address::id(1000)) {
        const auto head = node_.head();
        for (ChainEpoch epoch = head->height() + 1;; ++epoch)
            if (auto win = producer_.check_win(miner, head, epoch).value()) return *win;
    }
    static std::uint64_t time_of(const FullBlock& block) { return block.header.timestamp; }

    static SignedMessage transfer(Nonce nonce, const std::function<void(Message&)>& change = [](Message&) {}) {
        Message message;
        message.from = testing::test_address("client");
        message.to = testing::test_address("faucet");
        message.nonce = nonce;
        message.value = 1;
        message.gas_limit = 10'000'000;
        message.gas_fee_cap = 1'000'000'000;
        message.gas_premium = 1'000;
        change(message);
        auto signature = wallet::sign_with(testing::test_key("client"), message.cid().bytes()).value();
        return {message, std::move(signature)};
    }

    store::MemoryKeyValue keys_, records_;
    testing::Nodes nodes_{1};
    LocalChain& node_ = *nodes_[0];
    wallet::Wallet wallet_{keys_};
    StubWinningProver prover_;
    BlockProducer producer_{node_, wallet_, nodes_.beacon(), prover_};
};

TEST_F(Producer, a_winners_block_is_valid_and_becomes_the_head) {
    for (Nonce nonce = 0; nonce < 3; ++nonce) {  // NOLINT(misc-const-correctness): ++ changes it
        ASSERT_TRUE(node_.push(transfer(nonce)));
        const auto win = next_win(Address::id(1000 + nonce));
        const auto chosen = producer_.select(win).value();
        ASSERT_EQ(chosen.size(), 1U);
        const auto block = producer_.make_block(win, chosen).value();
        EXPECT_EQ(block.messages.bls, std::vector{transfer(nonce).message});
        const auto taken = node_.submit_block(block, time_of(block));
        ASSERT_TRUE(taken) << taken.error().message();
        EXPECT_EQ(node_.head()->key(), TipsetKey({block.header.cid()}));
        EXPECT_TRUE(node_.pool().empty());
    }
}

// Nonce, gas limit, signature and sender are checked once more, against the state after the base (docs/protocol/node.md
// §8.3).
TEST_F(Producer, messages_that_are_not_valid_in_the_block_are_left_out) {
    auto forged = transfer(1);
    forged.message.value = 2;
    auto stranger = transfer(0, [](Message& m) { m.from = testing::test_address("nobody"); });
    const auto low = transfer(1, [](Message& m) { m.gas_limit = 1'000; });
    const auto win = next_win();
    const auto block =
        producer_.make_block(win, {transfer(0), transfer(2), forged, stranger, low, transfer(0), transfer(1)}).value();
    ASSERT_EQ(block.messages.bls.size(), 2U);
    EXPECT_EQ(block.messages.bls[0].nonce, 0U);
    EXPECT_EQ(block.messages.bls[1].nonce, 1U);
    EXPECT_TRUE(node_.submit_block(block, time_of(block)));
}

TEST_F(Producer, a_miner_makes_one_block_an_epoch) {
    const auto win = next_win();
    ASSERT_TRUE(producer_.make_block(win, {}));
    const auto second = producer_.make_block(win, {transfer(0)});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::verification);
    // Making the same block again is allowed.
    EXPECT_TRUE(producer_.make_block(win, {}));
}

// Two miners share an epoch; then the one with the first ticket is found to have signed a second block (lotus
// miner/miner.go, mineOne: the intersection of the old base and the new one).
TEST_F(Producer, blocks_of_an_equivocating_miner_leave_the_base) {
    std::vector<FullBlock> blocks;
    for (ChainEpoch epoch = 1; blocks.size() != 2; ++epoch) {
        blocks.clear();
        for (const std::size_t miner : {0U, 1U})
            if (auto block = nodes_.try_mine(node_, node_.head(), {.miner = miner, .epoch = epoch}))
                blocks.push_back(std::move(*block));
    }
    for (const auto& block : blocks) ASSERT_TRUE(node_.submit_block(block, time_of(block)));
    const auto base = node_.head();
    ASSERT_EQ(base->blocks().size(), 2U);
    const auto first = base->min_ticket_block().miner;
    const auto& liar = blocks[0].header.miner == first ? blocks[0] : blocks[1];
    const auto& honest = blocks[0].header.miner == first ? blocks[1] : blocks[0];
    auto win = next_win(Address::id(1002));
    ASSERT_TRUE(producer_.prove(win));
    EXPECT_EQ(as_text(win.proof.at(0).bytes), "valid proof");
    const auto ticket = win.ticket;
    ASSERT_TRUE(producer_.refresh(win, node_.head()));
    EXPECT_EQ(win.base, base) << "nothing changed";

    const auto twin = testing::Nodes::resigned(liar, [](BlockHeader& header) { header.fork_signaling = 1; });
    ASSERT_TRUE(node_.submit_block(twin, time_of(twin)));
    ASSERT_EQ(node_.head()->cids(), std::vector{honest.header.cid()});
    ASSERT_TRUE(producer_.refresh(win, node_.head()));
    EXPECT_EQ(win.base->cids(), std::vector{honest.header.cid()});
    EXPECT_NE(win.ticket, ticket);
    EXPECT_EQ(win.ticket, producer_.check_win(win.keys.miner, node_.head(), win.epoch).value()->ticket);
    const auto block = producer_.make_block(win, {}).value();
    const auto taken = node_.submit_block(block, time_of(block));
    EXPECT_TRUE(taken) << taken.error().message();
}

TEST_F(Producer, a_new_block_beside_the_base_is_not_taken) {
    std::vector<FullBlock> blocks;
    for (ChainEpoch epoch = 1; blocks.size() != 2; ++epoch) {
        blocks.clear();
        for (const std::size_t miner : {0U, 1U})
            if (auto block = nodes_.try_mine(node_, node_.head(), {.miner = miner, .epoch = epoch}))
                blocks.push_back(std::move(*block));
    }
    ASSERT_TRUE(node_.submit_block(blocks[0], time_of(blocks[0])));
    const auto base = node_.head();
    auto win = next_win(Address::id(1002));
    ASSERT_TRUE(node_.submit_block(blocks[1], time_of(blocks[1])));
    ASSERT_EQ(node_.head()->blocks().size(), 2U);
    ASSERT_TRUE(producer_.refresh(win, node_.head()));
    EXPECT_EQ(win.base, base);
}

TEST_F(Producer, a_height_must_lie_above_the_base) {
    const auto refused = producer_.check_win(Address::id(1000), node_.head(), 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "block: height is 0, expected more than 0, the height of its base");
}

TEST_F(Producer, a_worker_without_key_is_named) {
    ASSERT_TRUE(wallet_.remove(testing::test_address("worker 0")));
    EXPECT_EQ(producer_.check_win(Address::id(1000), node_.head(), 1).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::chain
