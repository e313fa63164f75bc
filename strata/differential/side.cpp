#include <strata/differential/side.hpp>

namespace strata::differential {
namespace {

// The highest limit is that of the reference's own cron messages. A message of an account gets a hundred times the
// limit of a block: nothing sensible uses that much, and an endless loop of a contract still ends.
constexpr std::int64_t kImplicitGasLimit = 100'000'000'000'000;
constexpr std::int64_t kMessageGasLimit = 1'000'000'000'000;
constexpr std::uint64_t kChainId = 31415926;  // of local networks
// A message's length is only paid for, so any value serves.
constexpr std::size_t kBilledLength = 100;

// Blocks that no state reaches are forgotten when there are this many bytes.
constexpr std::size_t kCollectAbove = std::size_t{96} << 20;

}  // namespace

vm::MachineConfig machine_at(ChainEpoch epoch) {
    return {.network = {.epoch = epoch,
                        .timestamp = static_cast<std::uint64_t>(epoch) * 30,
                        .base_fee = 0,
                        .chain_id = kChainId,
                        .network_version = kFireHorse},
            .circulating_supply = fil(400'000'000) + fil(2) * BigInt(epoch),
            .enforce_gas = true};
}

Result<Outcome> Side::run(ChainEpoch epoch, const Message& message, vm::ApplyKind kind) {
    STRATA_TRY(const auto executor,
               vm::Executor::open(store_, root_, machine_at(epoch), vm::Doors{externs_, proofs_, table_}));
    table_.begin_message();
    if (records_gas_) {
        record_ = {};
        executor->set_tracing(true);
        table_.record_into(&record_);
    }
    STRATA_TRY(auto applied, executor->apply(message, kind, kBilledLength));
    if (applied.trace) place_charges(record_, applied.trace);
    STRATA_TRY(const Cid root, executor->flush());
    if (store_.size() > kCollectAbove) STRATA_OK(store_.keep_only({root, root_}));
    root_ = root;
    return Outcome{.exit_code = applied.receipt.exit_code,
                   .return_data = std::move(applied.receipt.return_data),
                   .return_codec = table_.return_codec(),
                   .events = std::move(applied.events),
                   .failure = std::move(applied.failure),
                   .gas_used = applied.receipt.gas_used,
                   .root = root};
}

Result<Outcome> Side::apply_message(const Step& step) {
    Message message{.version = 0,
                    .to = step.to,
                    .from = step.from,
                    .nonce = 0,
                    .value = step.value,
                    .gas_limit = kMessageGasLimit,
                    .gas_fee_cap = 0,
                    .gas_premium = 0,
                    .method = step.method,
                    .params = step.params};
    if (step.kind == Step::Kind::implicit) {
        message.gas_limit = kImplicitGasLimit;
        message.nonce = static_cast<Nonce>(step.epoch);
        return run(step.epoch, message, vm::ApplyKind::implicit_message);
    }
    // The nonce is looked up, so that a sequence stays valid when steps are taken out of it.
    STRATA_TRY(auto tree, vm::StateTree::load(store_, root_));
    STRATA_TRY(const auto id, tree.resolve(step.from));
    if (id) {
        STRATA_TRY(const auto sender, tree.get(*id));
        if (sender) message.nonce = sender->sequence;
    }
    return run(step.epoch, message, vm::ApplyKind::explicit_message);
}

Result<Outcome> Side::apply_cron(ChainEpoch epoch) {
    return run(epoch, vm::cron_message(epoch), vm::ApplyKind::implicit_message);
}

}  // namespace strata::differential
