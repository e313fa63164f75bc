#include <strata/chain/genesis/machine.hpp>

#include <strata/actors/system/state.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/vm/executor.hpp>

namespace strata::chain::genesis {
namespace {

constexpr MethodNumber kConstructor = 1;
// Source: lotus chain/gen/genesis/util.go. No gas is charged.
constexpr std::int64_t kGasLimit = 1'000'000'000'000'000;
const Bytes kEmptyState{0x80};  // an empty CBOR array

}  // namespace

Machine::Machine(const Network& network, const vm::Manifest& bundle)
    : network_(network), bundle_(bundle), no_keys_(std::make_unique<KeyedProofVerifier>(std::filesystem::path{})) {}

Machine::~Machine() = default;

vm::StateTree& Machine::tree() {
    return executor_->tree();
}

Blockstore& Machine::store() {
    return tree().store();
}

Result<Cid> Machine::flush() {
    return executor_->flush();
}

Result<std::unique_ptr<Machine>> Machine::open(Blockstore& store, const Network& network, const vm::Manifest& bundle,
                                               const vm::ActorTable& actors) {
    STRATA_TRY(const Cid manifest, actors::store_manifest_data(store, bundle));
    STRATA_TRY(const Cid system, put_cbor(store, actors::system::State{manifest}));
    vm::StateTree tree(store);
    tree.set(kSystemId, {bundle.codes.at(vm::ActorType::system), system, 0, 0, {}});
    STRATA_TRY(const Cid root, tree.flush());
    std::unique_ptr<Machine> out(new Machine(network, bundle));
    const vm::NetworkContext context{.epoch = 0,
                                     .timestamp = 0,
                                     .base_fee = 0,
                                     .chain_id = network.chain_id,
                                     .network_version = network.version_at(0)};
    STRATA_TRY(out->executor_,
               vm::Executor::open(store, root, {.network = context, .circulating_supply = 0, .enforce_gas = false},
                                  {.externs = out->no_chain_, .proofs = *out->no_keys_, .actors = actors}));
    return out;
}

void Machine::create(ActorId id, vm::ActorType type, const Actor& actor) {
    tree().set(id, {bundle_.codes.at(type), actor.head, 0, actor.balance, actor.delegated});
}

Status Machine::create_stateless(ActorId id, vm::ActorType type, const std::optional<Address>& delegated) {
    STRATA_TRY(const Cid head, store().put(Codec::dag_cbor, kEmptyState));
    create(id, type, {head, 0, delegated});
    return {};
}

Status Machine::construct(ActorId id, vm::ActorType type, const TokenAmount& balance, Bytes params) {
    STRATA_TRY(const Cid head, store().put(Codec::dag_cbor, kEmptyState));
    create(id, type, {head, balance, {}});
    STRATA_OK(call(Address::id(kSystemId), Address::id(id), kConstructor, std::move(params)));
    return {};
}

Result<Bytes> Machine::call(const Address& from, const Address& to, MethodNumber method, Bytes params,
                            const TokenAmount& value, Nonce nonce) {
    const Message message{.version = 0,
                          .to = to,
                          .from = from,
                          .nonce = nonce,
                          .value = value,
                          .gas_limit = kGasLimit,
                          .gas_fee_cap = 0,
                          .gas_premium = 0,
                          .method = method,
                          .params = std::move(params)};
    STRATA_TRY(auto applied, executor_->apply(message, vm::ApplyKind::implicit_message, 0));
    if (applied.receipt.exit_code != 0)
        return fail(Errc::verification, "genesis: method " + std::to_string(method) + " of " + to.to_string() +
                                            " ended with exit code " + std::to_string(applied.receipt.exit_code) +
                                            ": " + applied.failure);
    return std::move(applied.receipt.return_data);
}

Result<TokenAmount> Machine::total_balance() {
    STRATA_OK(tree().flush());
    TokenAmount total;
    STRATA_OK(tree().for_each([&](ActorId, const vm::ActorState& actor) -> Status {
        total += actor.balance;
        return {};
    }));
    return total;
}

}  // namespace strata::chain::genesis
