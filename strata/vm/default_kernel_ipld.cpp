// The part of DefaultKernel with the syscalls about blocks, their reachability and the actor's own record.
#include <strata/vm/default_kernel.hpp>
#include <strata/vm/link_scan.hpp>
#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

SyscallFailure unknown_handle(BlockId id) {
    return syscall_error(ErrorNumber::invalid_handle, "the call has no block with handle " + std::to_string(id));
}

}  // namespace

// Refuses a codec that a block of an actor cannot have. Generation 2 has DAG-CBOR only.
Syscall<void> DefaultKernel::check_codec(Codec codec) const {
    const bool has_others = generation() != Generation::two;
    if (codec == Codec::dag_cbor || (has_others && (codec == Codec::cbor || codec == Codec::raw))) return {};
    return syscall_error(ErrorNumber::illegal_codec,
                         "the codec of the block is " + std::to_string(static_cast<std::uint64_t>(codec)) +
                             ", expected " + (has_others ? "CBOR (81), raw (85) or " : "") + "DAG-CBOR (113)");
}

BlockId DefaultKernel::add_params(Block params) {
    reach(params.links);
    return blocks_.put(std::move(params));
}

Syscall<void> DefaultKernel::check_reachable(std::span<const Cid> links) const {
    if (!tracks_links(generation())) return {};
    for (const auto& link : links)
        if (!reachable_.contains(link))
            return syscall_error(ErrorNumber::not_found,
                                 "block " + link.to_string() +
                                     " is not reachable: no block that the call has opened or received links to it");
    return {};
}

// Finds the links of a block. If the scan fails, the part that was read is charged all the same (ref-fvm
// fvm/src/ipld/mod.rs).
Syscall<std::vector<Cid>> DefaultKernel::scan(Codec codec, BytesView data) {
    if (!tracks_links(generation())) return std::vector<Cid>{};
    auto scan = scan_links(codec, data);
    STRATA_OK(charge(prices().on_scan_ipld(scan.fields, scan.cids)));
    if (scan.failure)
        return syscall_error(*scan.failure,
                             *scan.failure == ErrorNumber::not_found
                                 ? "the block has a link with a codec or hash function that is not allowed in state"
                                 : "the block is not valid DAG-CBOR, so its links cannot be read");
    return std::move(scan.links);
}

Syscall<OpenedBlock> DefaultKernel::block_open(const Cid& cid) {
    STRATA_OK(charge(prices().on_block_open_base()));
    STRATA_OK(check_reachable({&cid, 1}));
    auto data = calls_.tree().store().get(cid);
    if (!data) return calls_.broken_or_fatal(data.error());
    if (auto* const tracer = calls_.tracer()) tracer->block({.stored = false, .cid = cid, .size = data->size()});
    STRATA_TRY(auto links, scan(cid.codec(), *data));
    STRATA_OK(charge(prices().on_block_open(data->size(), links.size())));
    if (!tracks_links(generation())) STRATA_OK(check_codec(cid.codec()));
    // The actor may now open the blocks that this block links to.
    reach(links);
    Block block{cid.codec(), std::make_shared<const Bytes>(std::move(*data)), std::move(links)};
    const auto stat = block.stat();
    return OpenedBlock{blocks_.put(std::move(block)), stat};
}

Syscall<BlockId> DefaultKernel::block_create(Codec codec, BytesView data) {
    if (generation() != Generation::two && data.size() > kMaxBlockSize)
        return syscall_error(ErrorNumber::limit_exceeded, "the block has " + std::to_string(data.size()) +
                                                              " bytes, expected at most " +
                                                              std::to_string(kMaxBlockSize));
    // Generations 2 and 3 look at the codec only after the block was paid for.
    const bool is_checked_first = tracks_links(generation());
    if (is_checked_first) STRATA_OK(check_codec(codec));
    STRATA_TRY(auto links, scan(codec, data));
    STRATA_OK(charge(prices().on_block_create(data.size(), links.size())));
    if (!is_checked_first) STRATA_OK(check_codec(codec));
    // A new block may link only to blocks that the actor has seen, so no state can point to a block that is not here.
    STRATA_OK(check_reachable(links));
    return blocks_.put({codec, std::make_shared<const Bytes>(to_bytes(data)), std::move(links)});
}

Syscall<std::int32_t> DefaultKernel::block_read(BlockId id, std::uint32_t offset, std::span<std::uint8_t> out) {
    const Block* block = blocks_.find(id);
    if (block == nullptr) return unknown_handle(id);
    const std::uint64_t end = offset + std::uint64_t{out.size()};
    if (end > INT32_MAX)
        return syscall_error(ErrorNumber::illegal_argument, "the read ends at byte " + std::to_string(end) +
                                                                ", expected at most " + std::to_string(INT32_MAX));
    const auto size = block->data->size();
    const std::size_t n = offset < size ? std::min(size - offset, out.size()) : 0;
    STRATA_OK(charge(prices().on_block_read(n)));
    if (n > 0) std::copy_n(block->data->begin() + offset, n, out.begin());
    // A negative result tells the actor how many bytes of its buffer are beyond the block.
    return static_cast<std::int32_t>(static_cast<std::int64_t>(size) - static_cast<std::int64_t>(end));
}

Syscall<BlockStat> DefaultKernel::block_stat(BlockId id) {
    STRATA_OK(charge(prices().on_block_stat()));
    const Block* block = blocks_.find(id);
    if (block == nullptr) return unknown_handle(id);
    return block->stat();
}

Syscall<Cid> DefaultKernel::block_link(BlockId id, HashCode hash, std::uint32_t digest_size) {
    if (hash != HashCode::blake2b_256 || digest_size != 32)
        return syscall_error(ErrorNumber::illegal_cid, "the link has hash function " +
                                                           std::to_string(static_cast<std::uint64_t>(hash)) +
                                                           " with a digest of " + std::to_string(digest_size) +
                                                           " bytes, expected blake2b-256 (45600) with 32 bytes");
    const Block* block = blocks_.find(id);
    if (block == nullptr) return unknown_handle(id);
    STRATA_OK(charge(prices().on_block_link(block->data->size())));
    auto cid = calls_.tree().store().put(block->codec, *block->data);
    if (!cid) return calls_.broken_or_fatal(cid.error());
    reachable_.insert(*cid);
    if (auto* const tracer = calls_.tracer()) tracer->block({.stored = true, .cid = *cid, .size = block->data->size()});
    return *cid;
}

Syscall<ActorState> DefaultKernel::self() {
    STRATA_TRY(auto state, calls_.read_actor(message_.receiver));
    if (!state)
        return syscall_error(ErrorNumber::illegal_operation,
                             "f0" + std::to_string(message_.receiver) + " was deleted earlier in this message");
    return std::move(*state);
}

Syscall<Cid> DefaultKernel::root() {
    if (tracks_links(generation())) STRATA_OK(charge(prices().on_get_root()));
    STRATA_TRY(const auto state, self());
    // An actor reaches only the blocks that its own root, its parameters and the results of its calls link to. So the
    // blocks that a state needs are exactly those that its root reaches.
    reachable_.insert(state.head);
    return state.head;
}

Syscall<void> DefaultKernel::set_root(const Cid& cid) {
    if (message_.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot change state");
    if (tracks_links(generation())) STRATA_OK(charge(prices().on_set_root()));
    STRATA_OK(check_reachable({&cid, 1}));
    STRATA_TRY(auto state, self());
    state.head = cid;
    return calls_.write_actor(message_.receiver, std::move(state));
}

Syscall<TokenAmount> DefaultKernel::current_balance() {
    note("OnSelfBalance");
    STRATA_TRY(const auto state, calls_.read_actor(message_.receiver));
    return state ? state->balance : TokenAmount(0);
}

Syscall<void> DefaultKernel::self_destruct(bool burn_unspent) {
    if (message_.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot destroy the actor");
    note("OnDeleteActor");
    STRATA_TRY(const auto state, calls_.read_actor(message_.receiver));
    if (!state) return {};
    if (!state->balance.is_zero()) {
        if (!burn_unspent)
            return syscall_error(
                ErrorNumber::illegal_operation,
                "the actor holds " + state->balance.to_string() + " attoFIL; it can be deleted only when it holds 0");
        auto burned = calls_.transfer(message_.receiver, kBurntFundsId, state->balance);
        // The actor has these funds, so an error number here means that the state is corrupt (kernel/default.rs:
        // or_fatal).
        if (!burned && burned.error().kind == SyscallFailure::Kind::number) return fatal(burned.error().message);
        STRATA_OK(burned);
    }
    return calls_.write_actor(message_.receiver, std::nullopt);
}

// Generation 2 gives back the price of the record before it looks at anything.
Syscall<void> DefaultKernel::self_destruct_for(const Address& beneficiary) {
    if (message_.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot destroy the actor");
    if (prices().delete_actor_refund > 0) gas_tracker().give_back("OnDeleteActor", prices().delete_actor_refund);
    STRATA_TRY(const auto balance, current_balance());
    if (!balance.is_zero()) {
        STRATA_TRY(const ActorId heir, resolve_address(beneficiary));
        if (heir == message_.receiver)
            return syscall_error(ErrorNumber::forbidden, "an actor cannot leave its funds to itself");
        STRATA_OK(calls_.transfer(message_.receiver, heir, balance));
    }
    return calls_.write_actor(message_.receiver, std::nullopt);
}

}  // namespace strata::vm
