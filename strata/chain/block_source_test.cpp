// The rules are those of lotus chain/exchange (docs/protocol/node.md §18): tipsets from the newest down, at most 900,
// none below genesis. The chain was made by Lotus.
#include <strata/chain/block_source.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::chain {
namespace {

using testing::RecordedChain;
using What = ChainRequest::What;

TEST(ServeChain, tipsets_come_from_the_newest_down) {
    auto& real = RecordedChain::real();
    const auto answer = serve_chain(real.store, {real.head()->key(), 5, What::blocks});
    ASSERT_TRUE(answer) << answer.error().message();
    ASSERT_EQ(answer->size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        const auto& tipset = real.tipsets[real.tipsets.size() - 1 - i];
        ASSERT_EQ((*answer)[i].size(), tipset->blocks().size());
        const auto& block = (*answer)[i][0];
        EXPECT_EQ(block.header, tipset->min_ticket_block());
        const auto messages = real.store.messages(block.header).value();
        EXPECT_EQ(block.messages.bls, messages.bls);
        EXPECT_EQ(block.messages.secp, messages.secp);
    }
}

TEST(ServeChain, headers_alone_have_no_messages) {
    auto& real = RecordedChain::real();
    const auto headers = serve_chain(real.store, {real.at(1)->key(), 1, What::headers}).value();
    EXPECT_TRUE(headers[0][0].messages.bls.empty());
    const auto blocks = serve_chain(real.store, {real.at(1)->key(), 1, What::blocks}).value();
    EXPECT_EQ(blocks[0][0].messages.bls.size(), 1U) << "the first block has a message (tipsets.jsonl)";
}

// A peer must not learn how this machine's files are named.
TEST(ServeChain, a_failing_disk_is_not_described_to_peers) {
    auto& real = RecordedChain::real();
    MemoryBlockstore blocks;
    strata::testing::FailingBlockstore failing(blocks);
    failing.fail_read(0, Errc::io);
    store::MemoryKeyValue records;
    ChainStore chain{failing, records};
    const auto answer = serve_chain(chain, {real.head()->key(), 1, What::headers});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Errc::not_found);
    EXPECT_TRUE(answer.error().message().ends_with(": it could not read its own files")) << answer.error().message();
}

// The chain of 205 tipsets has a null round, for which there is nothing to send.
TEST(ServeChain, genesis_is_the_end) {
    auto& real = RecordedChain::real();
    const auto answer = serve_chain(real.store, {real.head()->key(), 900, What::headers}).value();
    EXPECT_EQ(answer.size(), 205U);
    EXPECT_EQ(answer.back()[0].header.height, 0);
    EXPECT_EQ(serve_chain(real.store, {real.tipsets.front()->key(), 900, What::blocks}).value().size(), 1U);
}

TEST(ServeChain, at_most_900_tipsets) {
    auto& history = RecordedChain::with_long_history();
    for (const std::size_t length : {std::size_t{900}, std::size_t{901}, SIZE_MAX})
        EXPECT_EQ(serve_chain(history.store, {history.head()->key(), length, What::headers}).value().size(), 900U);
}

// An answer ends after about 32 MiB, but never before its first tipset.
TEST(ServeChain, an_answer_has_a_size) {
    testing::TestChain chain({});
    const auto large = [](Nonce nonce) {
        Message message;
        message.from = Address::id(100);
        message.to = Address::id(101);
        message.nonce = nonce;
        message.params = Bytes(2'000'000, static_cast<std::uint8_t>(nonce));
        return message;
    };
    auto tip = chain.chain.genesis();
    for (Nonce i = 0; i < 20; ++i) tip = chain.extend(tip, {{large(i)}, {}});
    const auto answer = serve_chain(chain.chain, {tip->key(), 900, What::blocks}).value();
    EXPECT_EQ(answer.size(), 17U) << "17 times two megabytes are the first sum above 32 MiB";
    EXPECT_EQ(serve_chain(chain.chain, {tip->key(), 900, What::headers}).value().size(), 21U);
    EXPECT_GE(approximate_size(answer[0][0]), 2'000'000U);
    EXPECT_LT(approximate_size(answer[0][0]), 2'010'000U);
}

// Refused: a tipset that is not in the store, an empty key, and a request of length 0.
TEST(ServeChain, requests_that_cannot_be_answered) {
    auto& real = RecordedChain::real();
    const Cid unknown = Cid::hash_of(Codec::dag_cbor, Bytes{1});
    for (const auto& key : {TipsetKey(), TipsetKey({unknown}), TipsetKey({real.head()->cids()[0], unknown})})
        EXPECT_EQ(serve_chain(real.store, {key, 1, What::headers}).error().code(), Errc::not_found) << key.to_string();
    EXPECT_EQ(serve_chain(real.store, {real.head()->key(), 0, What::headers}).error().code(), Errc::not_found);
    // Two blocks of the chain that are not one tipset.
    const TipsetKey mixed({real.at(10)->cids()[0], real.at(11)->cids()[0]});
    EXPECT_EQ(serve_chain(real.store, {mixed, 1, What::headers}).error().code(), Errc::not_found);
}

// Where this node has lost a block, the answer ends before it, as if the chain ended there.
TEST(ServeChain, a_lost_block_ends_the_answer) {
    testing::TestChain chain({});
    auto header = chain.chain.genesis()->min_ticket_block();
    header.height = 7;
    header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{1})};
    ASSERT_TRUE(chain.chain.put_header(header));
    auto tip = chain.chain.tipset(TipsetKey({header.cid()})).value();
    tip = chain.extend(chain.extend(tip));
    EXPECT_EQ(serve_chain(chain.chain, {tip->key(), 900, What::headers}).value().size(), 3U);

    header.messages = Cid::hash_of(Codec::dag_cbor, Bytes{2});
    ASSERT_TRUE(chain.chain.put_header(header));
    tip = chain.extend(chain.chain.tipset(TipsetKey({header.cid()})).value());
    EXPECT_EQ(serve_chain(chain.chain, {tip->key(), 900, What::blocks}).value().size(), 1U);
    EXPECT_EQ(serve_chain(chain.chain, {TipsetKey({header.cid()}), 1, What::blocks}).error().code(), Errc::not_found);
    EXPECT_EQ(serve_chain(chain.chain, {TipsetKey({header.cid()}), 1, What::headers}).value().size(), 1U);
}

TEST(NoPeers, answers_at_once_that_there_is_nobody) {
    NoPeers nobody;
    EXPECT_TRUE(nobody.peers().empty());
    int answers = 0;
    nobody.ask("anyone", {}, [&](const ChainAnswer& answer) {
        EXPECT_EQ(answer.error().code(), Errc::not_found);
        ++answers;
    });
    EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace strata::chain
