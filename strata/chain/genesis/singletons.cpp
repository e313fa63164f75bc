// Makes the actors whose state their own constructors make, and the datacap of the genesis deals.
#include <strata/actors/cron/state.hpp>
#include <strata/actors/market/types.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/chain/genesis/steps.hpp>

namespace strata::chain::genesis {
namespace {

constexpr MethodNumber kAddVerifier = 2;
constexpr MethodNumber kAddVerifiedClient = 4;

struct InitParams {
    std::string network_name;
    STRATA_CBOR_TUPLE(network_name);
};

// Source: docs/protocol/fvm.md §8.4.
actors::cron::State cron_entries() {
    return {
        {{Address::id(kPowerId), actors::power::kOnEpochTickEnd}, {Address::id(kMarketId), actors::market::kCronTick}}};
}

}  // namespace

Status make_singletons(Machine& machine, const GenesisTemplate& what) {
    using vm::ActorType;
    STRATA_OK(machine.construct(kInitId, ActorType::init, 0, to_cbor(InitParams{what.network_name})));
    STRATA_OK(machine.construct(kRewardId, ActorType::reward, fil(kInitialRewardFil), to_cbor(StoragePower(0))));
    STRATA_OK(machine.construct(kCronId, ActorType::cron, 0, to_cbor(cron_entries())));
    STRATA_OK(machine.construct(kPowerId, ActorType::power, 0, {}));
    STRATA_OK(machine.construct(kMarketId, ActorType::market, 0, {}));
    return machine.create_stateless(kEamId, ActorType::eam);
}

Status make_datacap(Machine& machine, const GenesisTemplate& what, const KeyIds& keys) {
    const Address root = Address::id(kVerifregRootId);
    const Address registry = Address::id(kVerifiedRegistryId);
    const Address verifier = Address::id(kFirstVerifierId);
    STRATA_OK(machine.construct(kVerifiedRegistryId, vm::ActorType::verified_registry, 0, to_cbor(root)));
    STRATA_OK(machine.construct(kDatacapId, vm::ActorType::datacap, 0, to_cbor(registry)));

    BigInt total;
    std::map<ActorId, BigInt> needs;
    for (const auto& miner : what.miners) {
        for (const auto& sector : miner.sectors) {
            const auto client = keys.find(sector.deal.client);
            if (client == keys.end())
                return fail(Errc::invalid_argument,
                            "genesis: the client of a deal, " + sector.deal.client.to_string() + ", has no account");
            needs[client->second] += BigInt(sector.deal.piece_size);
            total += BigInt(sector.deal.piece_size);
        }
    }
    using actors::verifreg::VerifierParams;
    STRATA_OK(machine.call(root, registry, kAddVerifier, to_cbor(VerifierParams{verifier, total})));
    for (const auto& [client, amount] : needs)
        STRATA_OK(
            machine.call(verifier, registry, kAddVerifiedClient, to_cbor(VerifierParams{Address::id(client), amount})));
    return {};
}

}  // namespace strata::chain::genesis
