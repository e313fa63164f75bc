// Protects how the states of built-in actors are printed: field by field as Lotus prints go-state-types' structures.
// Sources: StateReadState of Lotus 1.36.2 over two recorded chains; go-state-types builtin/v18 (paych, evm), whose
// actors these chains do not all have.
#include <strata/api/actor_state.hpp>

#include <strata/actors/evm/state.hpp>
#include <strata/actors/market/state.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/actors/reward/streams.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

const Cid kCid = Cid::hash_of(Codec::raw, as_bytes("block"));
const Json kLink{{"/", kCid.to_string()}};

template <class State>
Result<Json> print_as(vm::ActorType type, const State& state) {
    MemoryBlockstore blocks;
    return actor_state(Printer('f'), blocks, type, put_cbor(blocks, state).value());
}

TEST(ActorState, states_are_printed_as_by_lotus) {
    testing::expect_answers_of_lotus({"StateReadState"});
}

TEST(ActorState, the_recorded_chains_have_most_types) {
    std::set<std::string> fields;
    for (const auto& name : testing::kRecorded)
        for (const auto& one : testing::recorded(name).lotus.samples)
            if (one["method"] == "StateReadState" && one.contains("result") && one["result"]["State"].is_object())
                fields.insert(one["result"]["State"].begin().key());
    // The first field of init, cron, account, power, miner, market, multisig, reward, verifreg, datacap, system.
    EXPECT_GE(fields.size(), 9U);
}

TEST(ActorState, a_payment_channel) {
    actors::paych::State state;
    state.from = Address::id(101);
    state.to = Address::id(102);
    state.to_send = fil(1);
    state.settling_at = 7;
    state.min_settle_height = 9;
    state.lane_states = kCid;
    const auto printed = print_as(vm::ActorType::payment_channel, state);
    ASSERT_TRUE(printed) << printed.error().message();
    EXPECT_EQ(*printed, (Json{{"From", "f0101"},
                              {"To", "f0102"},
                              {"ToSend", "1000000000000000000"},
                              {"SettlingAt", 7},
                              {"MinSettleHeight", 9},
                              {"LaneStates", kLink}}));
}

// The names are those of forest 0.39.0 src/lotus_json/actors/states/reward_state.rs.
TEST(ActorState, reward_and_market_of_version_19) {
    actors::reward::State19 reward;
    reward.total_minted_reward = fil(3);
    reward.total_burn_minted = 1;
    reward.total_explicit_minted = 2;
    reward.swa_timelock_epochs = 50;
    reward.swa_actor = Address::id(1234);
    reward.accrued = {{2, 7}};
    reward.streams_root = kCid;
    const auto printed = print_as(vm::ActorType::reward, reward).value();
    EXPECT_EQ(printed["TotalMintedReward"], "3000000000000000000");
    EXPECT_EQ(printed["TotalBurnMinted"], "1");
    EXPECT_EQ(printed["TotalExplicitMinted"], "2");
    EXPECT_EQ(printed["SWATimelockEpochs"], 50);
    EXPECT_EQ(printed["SWAActor"], "f01234");
    EXPECT_EQ(printed["Accrued"], Json::array({{{"ID", 2}, {"Amount", "7"}}}));
    EXPECT_EQ(printed["StreamsRoot"], kLink);
    EXPECT_FALSE(printed.contains("SimpleTotal"));

    actors::market::State19 market;
    for (auto* table : {&market.proposals, &market.states, &market.pending_proposals, &market.escrow_table,
                        &market.locked_table, &market.deal_ops_by_epoch, &market.provider_sectors})
        *table = kCid;
    EXPECT_FALSE(print_as(vm::ActorType::market, market).value().contains("PendingDealAllocationIds"));
}

// The hash of the code is a Go array, so it is printed as 32 numbers, not as base64.
TEST(ActorState, a_contract) {
    actors::evm::State state;
    state.bytecode = state.contract_state = kCid;
    state.bytecode_hash = Bytes(32, 0xab);
    state.nonce = 3;
    auto printed = print_as(vm::ActorType::evm, state);
    ASSERT_TRUE(printed) << printed.error().message();
    EXPECT_EQ(*printed, (Json{{"Bytecode", kLink},
                              {"BytecodeHash", std::vector<int>(32, 0xab)},
                              {"ContractState", kLink},
                              {"TransientData", nullptr},
                              {"Nonce", 3},
                              {"Tombstone", nullptr}}));
    state.transient = actors::evm::Transient{kCid, {101, 5}};
    state.tombstone = actors::evm::Life{102, 6};
    printed = print_as(vm::ActorType::evm, state);
    ASSERT_TRUE(printed) << printed.error().message();
    EXPECT_EQ((*printed)["TransientData"],
              (Json{{"TransientDataState", kLink}, {"TransientDataLifespan", {{"Origin", 101}, {"Nonce", 5}}}}));
    EXPECT_EQ((*printed)["Tombstone"], (Json{{"Origin", 102}, {"Nonce", 6}}));
}

TEST(ActorState, actors_without_state_print_null) {
    MemoryBlockstore blocks;
    for (const auto type : {vm::ActorType::placeholder, vm::ActorType::eam, vm::ActorType::ethaccount})
        EXPECT_EQ(*actor_state(Printer('f'), blocks, type, kCid), Json());
}

// A block that is lost or has the wrong content is never printed as an empty state.
TEST(ActorState, what_cannot_be_read_is_an_error) {
    MemoryBlockstore blocks;
    const Cid wrong = put_cbor(blocks, std::string("not a state")).value();
    for (int type = 1; type <= 16; ++type) {
        const auto as = static_cast<vm::ActorType>(type);
        if (as == vm::ActorType::placeholder || as == vm::ActorType::eam || as == vm::ActorType::ethaccount) continue;
        EXPECT_EQ(actor_state(Printer('f'), blocks, as, kCid).error().code(), Errc::missing_block) << type;
        EXPECT_FALSE(actor_state(Printer('f'), blocks, as, wrong)) << type;
    }
    EXPECT_EQ(actor_state(Printer('f'), blocks, vm::ActorType::none, kCid).error().code(), Errc::unsupported);
}

}  // namespace
}  // namespace strata::api
