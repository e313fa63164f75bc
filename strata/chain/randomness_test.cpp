// The expected values are answers of Lotus at the heads of recorded chains (vectors/lotus-devnet, api_samples.json:
// StateGetRandomnessFromTickets and StateGetRandomnessFromBeacon with the entropy "Hello"), and the VRF proofs of their
// blocks, which sign the randomness.
#include <strata/chain/randomness.hpp>

#include <gtest/gtest.h>

#include <strata/actors/read/miner.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/test_recorded.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

using testing::RecordedChain;

struct Answers {
    ChainEpoch epoch;
    // For the purposes 1 to 6.
    std::array<std::string_view, 6> from_tickets, from_beacon;
};
constexpr Answers kReal{175,
                        {"246c728a9a21780e26e58667231ad45e1ed74dd5ad11a893e5454e65378bb543",
                         "c334c7c07c8019f3998a1c64a43769efc4cc4409d5270e18327dd6bd73fd0314",
                         "f17abb9e68ebc8d35d5388e7598a44be7e0b1675dfdcfd15562ab47306e75b10",
                         "49d23b9c116393b1af019e76a73376106f961f12248cbf5529ba55570d6b2027",
                         "db3557447ce76f46d05758753ee6c482fe10e6ab006ae95bd14660b5374ec832",
                         "99e4db1c353a48ddaa1a7cedb5761d678553bfd7871728d16c829a485ebcfdac"},
                        {"ffd284440560de0243f6157fcbf715913ac2a159a5c9e1d19ca40e5990fdcb2c",
                         "f1c512340b05663998d397a22ac00c907eb0f210d8514174d03ee094636dc413",
                         "22556df25c34b65c2f33737c5e3c9c877393a414fb8b7a664cc6226c96ab4d15",
                         "39aa3a6615dccbeb1c2623bcfc2a3016b92f725a35512f3782516fe9ead7e170",
                         "ad171557225142836ae4a74027a9939aff66a3de2d25300668b9f62b2c185bbb",
                         "82043419c20971cf491f7a0e057ddb9b4d62b2bbc9a447a1812879023398749a"}};
constexpr Answers kLong{1'370,
                        {"f6d60039f245cf997587133ef309b0b8afd21ec4fc92ace8e92b97a08fbc34c0",
                         "691284978f5580f29baa3889fe5210a761b152207eb0896fdb884b2d88d66573",
                         "bbd961c4a0b3d7389d814699c4c444d83d1701b2406591c7eced41ba7d4771ee",
                         "a807a8212d3a28e7a022f31ee7580ddb69d04d7c251880d3e00f94ab364f1dfd",
                         "fa094b5b8a348d8993fdd9af029ffc2f469115ec3ad0fa3c4da002cf15d33c51",
                         "fe70100c7ae6c232d4ab24ed3d35954aa7c4870cf9fed996ac38fa321c4ba1b3"},
                        {"027bb2742b60e2181cf5f3ad9c947509dee6157dd31e0e32bd974755e36615f8",
                         "768f34db0a41780693b8bcd24ee303f9fcb4c7dd2cb28471a57a8b4e494ce1d2",
                         "139e50e13260076aff86e7da8421d51c1ee227281a74fd92282ceb279d680d5e",
                         "5c7a81ce9f24abb6fb01361284db4c89992453b19caa50164225a8a82ce3f050",
                         "89580ad3022cafc4fa8703ecd7ccf439baa25f2a58e7ca1bcf1c60d63c26d431",
                         "65ab42f51b4f5dfb669a30ab3a9d82572c8c64596f255aef8e8197decba20147"}};

}  // namespace

TEST(Randomness, is_what_lotus_answered) {
    const auto hello = as_bytes(std::string_view("Hello"));
    for (const auto& [recorded, answers] :
         {std::pair{&RecordedChain::real(), &kReal}, std::pair{&RecordedChain::with_long_history(), &kLong}}) {
        const auto tipset = recorded->at(answers->epoch);
        ASSERT_EQ(tipset->height(), answers->epoch) << "not a null round";
        const Bytes& ticket = tipset->min_ticket_block().ticket->vrf_proof;
        const Bytes& beacon = tipset->min_ticket_block().beacon_entries.back().data;
        for (std::int64_t number = 1; number <= 6; ++number) {
            const RandomnessTag tag{number};
            const auto i = static_cast<std::size_t>(number - 1);
            EXPECT_EQ(to_hex(draw_randomness(tag, ticket, answers->epoch, hello)), answers->from_tickets[i]) << number;
            EXPECT_EQ(to_hex(draw_randomness(tag, beacon, answers->epoch, hello)), answers->from_beacon[i]) << number;
            // The VM passes the digest of the base instead.
            EXPECT_EQ(to_hex(mix_randomness(tag, crypto::blake2b_256(beacon), answers->epoch, hello)),
                      answers->from_beacon[i]);
        }
    }
}

// The worker's key signs the randomness of a block's ticket and of its election. A different epoch, miner or ticket
// gives randomness that it has not signed.
TEST(Randomness, is_what_the_blocks_of_a_recorded_chain_sign) {
    auto& real = RecordedChain::real();
    for (std::size_t i = 1; i < real.tipsets.size(); i += 10) {
        const auto& block = real.tipsets[i]->min_ticket_block();
        const Bytes& parent_ticket = real.tipsets[i - 1]->min_ticket_block().ticket->vrf_proof;
        const Bytes& beacon = block.beacon_entries.back().data;
        auto state = real.state_before(*real.tipsets[i]);
        const auto miner = actors::read::Miner::load(state, block.miner).value();
        const Address worker = worker_key(state, miner).value();
        const auto is_signed = [&](const Hash256& randomness, const Bytes& proof) {
            return verify_signature({Signature::Type::bls, proof}, worker, randomness).has_value();
        };
        const Bytes& ticket = block.ticket->vrf_proof;
        EXPECT_TRUE(is_signed(ticket_randomness(beacon, block.miner, block.height, parent_ticket), ticket)) << i;
        const Bytes& election = block.election_proof->vrf_proof;
        EXPECT_TRUE(is_signed(election_randomness(beacon, block.miner, block.height), election)) << i;

        EXPECT_FALSE(is_signed(ticket_randomness(beacon, block.miner, block.height + 1, parent_ticket), ticket)) << i;
        EXPECT_FALSE(is_signed(ticket_randomness(beacon, block.miner, block.height, {}), ticket)) << i;
        EXPECT_FALSE(is_signed(election_randomness(beacon, Address::id(1001), block.height), election)) << i;
        EXPECT_FALSE(is_signed(winning_post_randomness(beacon, block.miner, block.height), election)) << i;
    }
}

// docs/protocol/node.md §4.1: the entropy of a miner is its address as a CBOR byte string.
TEST(Randomness, the_entropy_of_a_miner) {
    EXPECT_EQ(to_hex(miner_entropy(Address::id(1000))), "4300e807");
}

// A negative epoch is hashed as 64 bits with sign (Go: binary.Write of an int64); this happens for tickets of sectors
// that were sealed before epoch 900.
TEST(Randomness, a_negative_epoch) {
    Bytes data(7);
    data.push_back(5);
    append(data, crypto::blake2b_256(Bytes{1}));
    append(data, *from_hex("fffffffffffffca4"));
    EXPECT_EQ(draw_randomness(RandomnessTag::seal_randomness, Bytes{1}, -860, {}), crypto::blake2b_256(data));
}

}  // namespace strata::chain
