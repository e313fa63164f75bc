#pragma once
// For tests: a state with the real actors of the devnet bundle, to run messages on.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::actors::testing {

using vm::ActorType;

inline constexpr ActorId kClient = 1000;    // an account
inline constexpr ActorId kApprover = 1001;  // an account, the first signer of the first wallet
inline constexpr ActorId kFirstWallet = 2000;
inline constexpr MethodNumber kApproveMethod = 3;

class TestState {
  public:
    TestState() {
        const Cid empty = store.put(Codec::dag_cbor, Bytes{0x80}).value();
        const Cid manifest = store_manifest_data(store, devnet_bundle()).value();
        HamtMap<Address, ActorId> addresses(store);
        const vm::InitState init{.address_map = addresses.flush().value(), .next_id = 5000, .network_name = "test"};
        add(kSystemId, ActorType::system, put_cbor(store, system::State{manifest}).value(), 0);
        add(kInitId, ActorType::init, put_cbor(store, init).value(), 0);
        add(kRewardId, ActorType::reward, empty, 0);
        add(kBurntFundsId, ActorType::account, empty, 0);
        const TokenAmount rich = BigInt::pow2(80);
        add(kClient, ActorType::account, empty, rich);
        add(kApprover, ActorType::account, empty, rich);
    }

    void add(ActorId id, ActorType type, const Cid& head, const TokenAmount& balance) {
        tree.set(id, {.code = devnet_bundle().codes.at(type),
                      .head = head,
                      .sequence = 0,
                      .balance = balance,
                      .delegated_address = {}});
    }

    /// Adds wallets whose two signers, the client and the wallet before, must both approve. In each wallet the client
    /// has proposed to approve transaction 0 of the next wallet, so that one approval in the first runs through all.
    void add_wallets(unsigned count) {
        const Bytes approve = to_cbor(multisig::TxnIdParams{0, {}});
        for (unsigned i = 0; i < count; ++i) {
            const ActorId id = kFirstWallet + i;
            const ActorId before = i == 0 ? kApprover : id - 1;
            multisig::PendingTransactions pending(store);
            EXPECT_TRUE(pending.set(0, {.to = Address::id(id + 1),
                                        .value = 0,
                                        .method = kApproveMethod,
                                        .params = approve,
                                        .approved = {Address::id(kClient)}}));
            multisig::State state;
            state.signers = {Address::id(before), Address::id(kClient)};
            state.threshold = 2;
            state.next_txn_id = 1;
            state.pending_txns = pending.flush().value();
            add(id, ActorType::multisig, put_cbor(store, state).value(), 0);
        }
    }

    static Message message(ActorId from, Nonce nonce, const Address& to, MethodNumber method, Bytes params,
                           const TokenAmount& value = 0) {
        return {.version = 0,
                .to = to,
                .from = Address::id(from),
                .nonce = nonce,
                .value = value,
                .gas_limit = 9'900'000'000,
                .gas_fee_cap = 200,
                .gas_premium = 1,
                .method = method,
                .params = std::move(params)};
    }
    /// Returns the approval that starts the sequence of approvals.
    static Message approval() {
        return message(kApprover, 0, Address::id(kFirstWallet), kApproveMethod, to_cbor(multisig::TxnIdParams{0, {}}));
    }

    Result<std::unique_ptr<vm::Executor>> executor(Blockstore& base, const Cid& root) {
        const vm::NetworkContext network{
            .epoch = 10, .timestamp = 0, .base_fee = 100, .chain_id = 1, .network_version = kFireHorse};
        return vm::Executor::open(base, root, {.network = network, .circulating_supply = 0, .enforce_gas = true},
                                  {world, world, *table});
    }
    /// Returns the number of transactions that are still pending in a wallet.
    static std::size_t waiting(vm::StateTree& state, ActorId wallet) {
        const auto head = state.get(wallet).value().value().head;
        const auto wallet_state = get_cbor<multisig::State>(state.store(), head).value();
        std::size_t count = 0;
        const auto map = multisig::PendingTransactions::load(state.store(), wallet_state.pending_txns).value();
        EXPECT_TRUE(map.for_each([&](multisig::TxnId, const multisig::Transaction&) -> Status {
            ++count;
            return {};
        }));
        return count;
    }

    MemoryBlockstore store;
    vm::StateTree tree{store};
    vm::testing::NoWorld world;
    std::unique_ptr<vm::ActorTable> table = native_actors();
};

}  // namespace strata::actors::testing
