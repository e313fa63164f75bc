#include <strata/chain/tipset.hpp>

#include <gtest/gtest.h>

#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

BlockHeader block(ActorId miner, std::uint8_t ticket) {
    BlockHeader header;
    header.miner = Address::id(miner);
    header.ticket = Ticket{Bytes(96, ticket)};
    header.height = 7;
    const Cid any = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    header.parents = {any};
    header.parent_state_root = header.parent_message_receipts = header.messages = any;
    return header;
}

}  // namespace

TEST(Tipset, orders_blocks_by_ticket_hash) {
    const auto tipset = *Tipset::make({block(1000, 1), block(1001, 2), block(1002, 3)});
    for (std::size_t i = 1; i < 3; ++i)
        EXPECT_LT(crypto::blake2b_256(tipset->blocks()[i - 1].ticket->vrf_proof),
                  crypto::blake2b_256(tipset->blocks()[i].ticket->vrf_proof));
    EXPECT_EQ(tipset->key().cids()[0], tipset->min_ticket_block().cid());
}

TEST(Tipset, refuses_blocks_that_do_not_belong_together) {
    EXPECT_FALSE(Tipset::make({}).has_value());
    EXPECT_FALSE(Tipset::make({block(1000, 1), block(1000, 2)}).has_value());
    auto other = block(1001, 2);
    other.height = 8;
    EXPECT_FALSE(Tipset::make({block(1000, 1), other}).has_value());
    other = block(1001, 2);
    other.ticket.reset();
    EXPECT_FALSE(Tipset::make({block(1000, 1), other}).has_value());
}

// Blocks of one tipset have the same parents in the same order (docs/protocol/node.md §3).
TEST(Tipset, parents_must_be_equal) {
    const Cid any = Cid::hash_of(Codec::dag_cbor, Bytes{0x80}), second = Cid::hash_of(Codec::dag_cbor, Bytes{0x81});
    auto a = block(1000, 1), b = block(1001, 2);
    a.parents = {any, second};
    b.parents = {any, second};
    EXPECT_TRUE(Tipset::make({a, b}));
    b.parents = {second, any};
    EXPECT_FALSE(Tipset::make({a, b}));
    EXPECT_TRUE(same_blocks(TipsetKey(a.parents), TipsetKey(b.parents)));
    b.parents = {any};
    EXPECT_FALSE(Tipset::make({a, b}));
    EXPECT_FALSE(same_blocks(TipsetKey(a.parents), TipsetKey(b.parents)));
    EXPECT_FALSE(same_blocks(TipsetKey({any, any}), TipsetKey({any, second})));
}

// Only genesis may lack a ticket.
TEST(Tipset, genesis_needs_no_ticket) {
    auto genesis = block(0, 1);
    genesis.height = 0;
    genesis.ticket.reset();
    EXPECT_TRUE(Tipset::make({genesis}));
    genesis.height = 1;
    EXPECT_FALSE(Tipset::make({genesis}));
}

TEST(Tipset, the_time_is_the_earliest) {
    auto a = block(1000, 1), b = block(1001, 2);
    a.timestamp = 50;
    b.timestamp = 40;
    EXPECT_EQ((*Tipset::make({a, b}))->min_timestamp(), 40U);
}

// Blocks with equal tickets are ordered by their CIDs, whatever the order in which they are passed (lotus
// chain/types/tipset.go).
TEST(Tipset, equal_tickets_are_ordered_by_cid) {
    const auto a = block(1000, 1), b = block(1001, 1), c = block(1002, 1);
    const auto tipset = *Tipset::make({a, b, c});
    EXPECT_TRUE(std::ranges::is_sorted(tipset->cids()));
    EXPECT_EQ((*Tipset::make({c, b, a}))->key(), tipset->key());
}

// The hashes of the proofs 0, 2, 3 and 1 begin with 3, 187, 232 and 238 (lotus chain/store/weight_test.go).
TEST(TicketHash, is_blake2b_of_the_proof) {
    for (const auto& [proof, first] : {std::pair<std::uint8_t, int>{0, 3}, {2, 187}, {3, 232}, {1, 238}})
        EXPECT_EQ(ticket_hash(Ticket{{proof}})[0], first);
}

// lotus chain/types/tipset_key_test.go, "derived CID".
TEST(TipsetKeyCid, is_that_of_lotus) {
    const auto cid_of = [](std::string_view text) { return Cid::hash_of(Codec::dag_cbor, as_bytes(text)); };
    const Cid a = cid_of("a"), b = cid_of("b"), c = cid_of("c");
    EXPECT_EQ(tipset_key_cid({}).to_string(), "bafy2bzacea456askyutsf7uk4ta2q5aojrlcji4mhaqokbfalgvoq4ueeh4l2");
    EXPECT_EQ(tipset_key_cid(TipsetKey({a})).to_string(),
              "bafy2bzacealem6larzxhf7aggj3cozcefqez3jlksx2tuxehwdil27otcmy4q");
    EXPECT_EQ(tipset_key_cid(TipsetKey({a, b, c})).to_string(),
              "bafy2bzacecbnwngwfvxuciumcfudiaoqozisp3hus5im5lg4urrwlxbueissu");
}

}  // namespace strata::chain
