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

}  // namespace strata::chain
