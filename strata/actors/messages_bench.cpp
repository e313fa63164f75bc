// Applies 1,000 messages of an epoch with gas payment and settlement, then writes the state. Items are messages.
#include <benchmark/benchmark.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::actors {
namespace {

constexpr std::uint64_t kMessages = 1000;
constexpr ActorId kFirst = 100'000;  // far above 1000, where the IDs of new accounts begin
constexpr ActorId kAccounts = 10'000;
constexpr ActorId kWallet = 20'000;

Address key_of(std::uint64_t i) {
    Bytes key(65, 4);
    store_le(key.data() + 1, i);
    return Address::secp256k1(key);
}

struct SystemState {
    Cid builtin_actors;
    STRATA_CBOR_TUPLE(builtin_actors);
};

/// Many accounts, the system actor with its manifest, a wallet with one owner.
class World : public vm::testing::World {
  public:
    World() {
        // Native code answers for real code CIDs only.
        manifest = devnet_bundle();
        auto init = tree.get(kInitId).value().value();
        init.code = manifest.codes.at(vm::ActorType::init);
        tree.set(kInitId, init);
        for (ActorId id = kFirst; id < kFirst + kAccounts; ++id) add(id, vm::ActorType::account, funds());
        std::vector<std::pair<std::string, Cid>> entries;
        for (const auto& [type, code] : manifest.codes) entries.emplace_back(vm::actor_type_name(type), code);
        put(kSystemId, vm::ActorType::system, SystemState{put_cbor(store, entries).value()});
        add(kRewardId, vm::ActorType::reward, funds());
        add(kBurntFundsId, vm::ActorType::account, 0);
        const auto none = multisig::PendingTransactions(store).flush().value();
        put(kWallet, vm::ActorType::multisig,
            multisig::State{
                .signers = {Address::id(kFirst)}, .threshold = 1, .initial_balance = 0, .pending_txns = none});
        root = tree.flush().value();
    }
    static TokenAmount funds() { return TokenAmount::parse("1000000000000000000000").value(); }

    Cid root;

  private:
    template <class T>
    void put(ActorId id, vm::ActorType type, const T& state) {
        add(id, type, funds());
        auto record = tree.get(id).value().value();
        record.head = put_cbor(store, state).value();
        tree.set(id, record);
    }
};

Message message(std::uint64_t i) {
    Message out;
    out.to = Address::id(kFirst + (i * 7919 + 1) % kAccounts);
    out.from = Address::id(kFirst + i);
    out.value = 1;
    out.gas_limit = 1'000'000'000;
    out.gas_fee_cap = 100;
    out.gas_premium = 1;
    return out;
}

void run(benchmark::State& state, Message (*make)(std::uint64_t)) {
    World world;
    const auto natives = native_actors();
    for (auto _ : state) {
        auto executor =
            vm::Executor::open(world.store, world.root, world.config, {world.no_world, world.no_world, *natives})
                .value();
        for (std::uint64_t i = 0; i < kMessages; ++i) {
            const auto applied = executor->apply(make(i), vm::ApplyKind::explicit_message, 100).value();
            if (applied.receipt.exit_code != 0) return state.SkipWithError(applied.failure.c_str());
        }
        benchmark::DoNotOptimize(executor->flush());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kMessages));
}

void transfers(benchmark::State& state) {
    run(state, message);
}
BENCHMARK(transfers)->Unit(benchmark::kMillisecond);

/// Sends each message to a key that has no account yet, so an account is created.
void transfers_to_new_accounts(benchmark::State& state) {
    run(state, [](std::uint64_t i) {
        auto out = message(i);
        out.to = key_of(i);
        return out;
    });
}
BENCHMARK(transfers_to_new_accounts)->Unit(benchmark::kMillisecond);

/// Sends from a wallet with one owner: the multisig actor runs, writes its state twice and sends the value.
void multisig_sends(benchmark::State& state) {
    run(state, [](std::uint64_t i) {
        auto out = message(0);
        out.nonce = i;
        out.to = Address::id(kWallet);
        out.method = 2;  // Propose
        out.params = to_cbor(multisig::ProposeParams{Address::id(kFirst + 1 + i), 1, 0, {}});
        return out;
    });
}
BENCHMARK(multisig_sends)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata::actors
