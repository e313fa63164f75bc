// Protects the two figures of the circulating supply, by which pledges are set and people value the network. Sources:
// answers of Lotus 1.36.2 over two recorded chains; lotus chain/stmgr/supply.go.
#include <strata/api/test_recorded_api.hpp>
#include <strata/base/bigint.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;

TEST(ApiSupply, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus({"StateCirculatingSupply", "StateVMCirculatingSupplyInternal"});
}

// GetFilCirculating of supply.go: vested + mined + reserve disbursed - burnt - locked.
TEST(ApiSupply, the_parts_add_up) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        const auto parts = chain.api.result("StateVMCirculatingSupplyInternal", {chain.head()});
        const auto amount = [&](const char* field) { return BigInt::parse(parts[field].get<std::string>()).value(); };
        EXPECT_EQ(amount("FilVested") + amount("FilMined") + amount("FilReserveDisbursed") - amount("FilBurnt") -
                      amount("FilLocked"),
                  amount("FilCirculating"));
    }
}

// GetCirculatingSupply of supply.go names the DataCap actor among those whose balances do not circulate.
TEST(ApiSupply, what_the_datacap_actor_holds_does_not_circulate) {
    auto& lotus = recorded("long").lotus;
    const auto supply_over = [&](const TokenAmount& balance) {
        auto state = vm::StateTree::load(lotus.blocks, lotus.head->parent_state_root()).value();
        auto actor = state.get(kDatacapId).value().value();
        actor.balance = balance;
        state.set(kDatacapId, actor);
        chain::testing::FakeChain chain(state.flush().value());
        chain.net = lotus.network;
        chain.reads = &lotus.blocks;
        chain.extend(lotus.head->height());
        return testing::Asker(chain, nullptr).result("StateCirculatingSupply", {nullptr}).get<std::string>();
    };
    EXPECT_EQ(supply_over(fil(5)), supply_over(0));
}

TEST(ApiSupply, an_unknown_tipset_is_an_error) {
    auto& chain = recorded("real");
    const Json nobody = Json::array({{{"/", "bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6"}}});
    for (const char* method : {"StateCirculatingSupply", "StateVMCirculatingSupplyInternal"})
        EXPECT_EQ(chain.api.code(method, {nobody}), 1) << method;
}

}  // namespace
}  // namespace strata::api
