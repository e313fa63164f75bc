// The expected values are answers of Lotus at the heads of recorded chains (vectors/lotus-devnet, api_samples.json:
// StateMinerInfo, StateMinerPower, StateMinerActiveSectors, MinerGetBaseInfo). The rules of eligibility are those of
// lotus chain/stmgr/actors.go, MinerEligibleToMine.
#include <strata/chain/eligibility.hpp>

#include <gtest/gtest.h>

#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/read/account.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/chain/test_recorded.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::chain {
namespace {

using actors::read::Miner;
using testing::RecordedChain;

const Address kMiner = Address::id(1000);

struct Answers {
    RecordedChain* chain;
    std::string_view worker, beacon;
    ChainEpoch next_epoch;
    std::string_view sealed;  // the sector that Lotus chose for the next epoch, which has the number 0
};
std::vector<Answers> answers() {
    return {{&RecordedChain::real(),
             "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
             "b12e33a9dd00e31a879c21a00937d3a4ba67ac891116ce140be79cbef0275f1c283ae0dd9758b582a39fa2b751423929", 206,
             "bagboea4b5abcbwxujtz3ftc36cjab43q3d6pbarbxxlnkde6t2e62ar34jpuovrm"},
            {&RecordedChain::with_long_history(),
             "t3wgfwszri25jbbpkobuuoq2pct7uw3zfiortz5lcqdcje6r3ixnj4aqrkv6rjenrrrktluktoifgikf3tau3q",
             "901c43b0b928fae60ddad692eaf39023c34382cdbf0f9b4d4495431a01fa52cd23a5cbf710b5a19b00fec6ea2841e924", 1'401,
             "bagboea4b5abcakxmlejqwqfndd6rrsjh6hw6y5qif33hvebcsgz56lcqjcpabnkf"}};
}

// A network of three miners, as genesis makes it, with changes in its state.
class ChangedMiner : public ::testing::Test {
  protected:
    ChangedMiner() : state_(load(nodes_.genesis().parent_state_root)) {}
    vm::StateTree load(const Cid& root) { return vm::StateTree::load(nodes_[0].blocks, root).value(); }
    template <class State>
    void change(ActorId id, const std::function<void(State&)>& edit) {
        auto actor = *state_.get(id).value();
        auto value = get_cbor<State>(state_.store(), actor.head).value();
        edit(value);
        actor.head = put_cbor(state_.store(), value).value();
        state_.set(id, actor);
    }
    void change_claim(const Address& miner, const std::function<void(actors::power::Claim&)>& edit) {
        change<actors::power::State>(kPowerId, [&](auto& power) {
            auto claims = actors::power::Claims::load(state_.store(), power.claims).value();
            auto claim = *claims.get(miner).value();
            edit(claim);
            ASSERT_TRUE(claims.set(miner, claim));
            power.claims = claims.flush().value();
        });
    }
    // Returns a tipset of epoch 10 whose parents left the state with the changes.
    TipsetPtr on_changes() { return tipset(state_.flush().value()); }
    TipsetPtr unchanged() { return tipset(nodes_.genesis().parent_state_root); }
    bool eligible(const TipsetPtr& base, const TipsetPtr& lookback, const Address& miner = kMiner) {
        return is_eligible(nodes_[0].blocks, nodes_.network(), *base, *lookback, miner).value();
    }

    testing::Nodes nodes_{1};
    vm::StateTree state_;

  private:
    TipsetPtr tipset(const Cid& root) {
        auto header = nodes_.genesis();
        header.height = 10;
        header.parent_state_root = root;
        return Tipset::make({header}).value();
    }
};

}  // namespace

TEST(Eligibility, a_miner_is_read_as_lotus_answered) {
    for (const auto& row : answers()) {
        auto state = row.chain->state_before(*row.chain->head());
        const auto miner = Miner::load(state, kMiner);
        ASSERT_TRUE(miner) << miner.error().message();
        EXPECT_EQ(miner->id(), 1000U);
        EXPECT_EQ(worker_key(state, *miner).value().to_string('t'), row.worker);
        const auto info = miner->info().value();
        EXPECT_EQ(info.window_post_proof_type, RegisteredPoStProof{10});
        EXPECT_EQ(info.sector_size, SectorSize::size_2KiB);
        EXPECT_EQ(info.consensus_fault_elapsed, -1);
        EXPECT_TRUE(miner->money().fee_debt.is_zero());
        EXPECT_EQ(miner->sectors_in(&actors::read::PartitionView::active).value(), (BitField{0, 1}));

        const auto power = actors::read::Power::load(state).value();
        const auto claim = power.claim(kMiner).value();
        ASSERT_TRUE(claim);
        EXPECT_EQ(claim->raw, BigInt(4'096));
        EXPECT_EQ(claim->quality_adjusted, BigInt(40'960));
        EXPECT_EQ(power.raw(), BigInt(4'096));
        EXPECT_EQ(power.quality_adjusted(), BigInt(40'960));
        EXPECT_FALSE(power.claim(Address::id(1001)).value());
    }
}

// MinerGetBaseInfo names the sector that a block of the next epoch must prove, and says that the miner may make one.
TEST(WinningSector, is_the_sector_that_lotus_chose) {
    for (const auto& row : answers()) {
        auto state = row.chain->state_before(*row.chain->head());
        const auto miner = Miner::load(state, kMiner).value();
        const auto randomness = winning_post_randomness(*from_hex(row.beacon), kMiner, row.next_epoch);
        const auto sector = winning_sector(miner, randomness).value();
        EXPECT_EQ(sector.number, 0U);
        EXPECT_EQ(sector.proof, RegisteredSealProof{5});
        EXPECT_EQ(sector.sealed_cid.to_string(), row.sealed);
        const auto& head = *row.chain->head();
        const auto& lookback = *row.chain->tipsets.front();
        EXPECT_TRUE(is_eligible(row.chain->blocks, row.chain->network, head, lookback, kMiner).value());
    }
}

// The two top bits of the last byte are cleared before the randomness is used as a field element
// (rust-fil-proofs winning_post.rs; docs/protocol/node.md §6).
TEST(WinningSector, does_not_depend_on_the_top_bits_of_the_randomness) {
    auto& real = RecordedChain::real();
    auto state = real.state_before(*real.head());
    const auto miner = Miner::load(state, kMiner).value();
    std::set<SectorNumber> chosen;
    for (std::uint8_t i = 0; i < 32; ++i) {
        Hash256 randomness{i};
        const auto number = winning_sector(miner, randomness).value().number;
        chosen.insert(number);
        for (const auto bits : {std::uint8_t{0x40}, std::uint8_t{0x80}, std::uint8_t{0xc0}}) {
            randomness[31] = bits;
            EXPECT_EQ(winning_sector(miner, randomness).value().number, number) << int{i};
        }
    }
    EXPECT_EQ(chosen, (std::set<SectorNumber>{0, 1}));
}

TEST(Eligibility, actors_that_are_not_miners_are_not_read_as_miners) {
    auto& real = RecordedChain::real();
    auto state = real.state_before(*real.head());
    EXPECT_EQ(Miner::load(state, Address::id(999'999)).error().code(), Errc::not_found);
    EXPECT_EQ(Miner::load(state, Address::actor(Bytes{1})).error().code(), Errc::not_found);
    EXPECT_FALSE(Miner::load(state, Address::id(kPowerId))) << "a state of a different form";
    EXPECT_FALSE(Miner::load(state, Address::id(101))) << "an account";
}

// An address that is not an ID is its own key; the owner of the recorded miner is f0101.
TEST(KeyOf, is_the_address_of_the_account) {
    auto& real = RecordedChain::real();
    auto state = real.state_before(*real.head());
    EXPECT_EQ(actors::read::key_of(state, Address::id(101)).value().to_string('t'), answers()[0].worker);
    const Address key = Address::constant(answers()[0].worker);
    EXPECT_EQ(actors::read::key_of(state, key).value(), key);
    EXPECT_EQ(actors::read::key_of(state, Address::id(999'999)).error().code(), Errc::not_found);
    EXPECT_FALSE(actors::read::key_of(state, Address::id(kPowerId)));
}

// Every function reports a block that cannot be read as such: it says nothing about the miner.
TEST(Eligibility, a_failing_disk_is_told_as_one) {
    auto& real = RecordedChain::real();
    const Cid root = real.head()->parent_state_root();
    for (std::size_t n = 0; n < 4; ++n) {
        strata::testing::FailingBlockstore store(real.blocks);
        auto state = vm::StateTree::load(store, root).value();
        const auto miner = Miner::load(state, kMiner).value();
        store.fail_read(n, Errc::io);
        const auto sectors = miner.sectors_in(&actors::read::PartitionView::active);
        ASSERT_FALSE(sectors) << n;
        EXPECT_EQ(sectors.error().code(), Errc::io);
        store.fail_read(n, Errc::io);
        EXPECT_EQ(winning_sector(miner, {}).error().code(), Errc::io);
        store.fail_read(n, Errc::io);
        const auto eligible = is_eligible(store, real.network, *real.head(), *real.at(100), kMiner);
        ASSERT_FALSE(eligible) << n;
        EXPECT_EQ(eligible.error().code(), Errc::io);
    }
    strata::testing::FailingBlockstore store(real.blocks);
    auto state = vm::StateTree::load(store, root).value();
    store.fail_read(0, Errc::missing_block);
    EXPECT_EQ(Miner::load(state, kMiner).error().code(), Errc::missing_block);
    EXPECT_EQ(actors::read::Power::load(state).error().code(), Errc::missing_block);
    EXPECT_EQ(actors::read::key_of(state, Address::id(101)).error().code(), Errc::missing_block);
}

TEST_F(ChangedMiner, a_miner_of_genesis_is_eligible) {
    EXPECT_TRUE(eligible(unchanged(), unchanged()));
    EXPECT_FALSE(eligible(unchanged(), unchanged(), Address::id(1003))) << "it has no claim";
    EXPECT_FALSE(eligible(unchanged(), unchanged(), Address::id(100))) << "an account";
}

TEST_F(ChangedMiner, debt_and_faults_exclude_it) {
    const auto old = unchanged();
    change<actors::miner::State>(1000, [](auto& miner) { miner.fee_debt = 1; });
    EXPECT_FALSE(eligible(on_changes(), old));
    change<actors::miner::State>(1000, [](auto& miner) { miner.fee_debt = 0; });
    EXPECT_TRUE(eligible(on_changes(), old));

    // A consensus fault excludes the miner up to and including the epoch of the base at which the exclusion ends.
    const auto set_fault = [&](ChainEpoch elapsed) {
        change<actors::miner::State>(1000, [&](auto& miner) {
            auto info = get_cbor<actors::miner::MinerInfo>(state_.store(), miner.info).value();
            info.consensus_fault_elapsed = elapsed;
            miner.info = put_cbor(state_.store(), info).value();
        });
    };
    set_fault(10);
    EXPECT_FALSE(eligible(on_changes(), old));
    set_fault(9);
    EXPECT_TRUE(eligible(on_changes(), old));
}

// The minimum of power is read from the state before the lookback, the claim from that before the base.
TEST_F(ChangedMiner, power_counts_at_two_times) {
    const auto old = unchanged();
    change_claim(kMiner, [](auto& claim) { claim.quality_adj_power = 0; });
    const auto without_quality = on_changes();
    EXPECT_FALSE(eligible(without_quality, old));
    EXPECT_TRUE(eligible(old, without_quality)) << "the minimum is of raw power";
    change_claim(kMiner, [](auto& claim) { claim.raw_byte_power = 0; });
    const auto without_power = on_changes();
    EXPECT_FALSE(eligible(old, without_power));
    EXPECT_TRUE(eligible(without_power, old, Address::id(1001))) << "the others are not concerned";
}

}  // namespace strata::chain
