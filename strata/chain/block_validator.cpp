#include <strata/chain/block_validator.hpp>

#include <strata/chain/state_manager.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::chain {
namespace {

// Returns true for errors that concern only this node or this moment and say nothing about the block.
bool is_ours(const Error& error) {
    return vm::is_local(error) || error.code() == Errc::out_of_range;
}

}  // namespace

// A failure of this node is passed on unchanged: it never makes a block bad.
Status BlockValidator::refuse(const BlockHeader& block, const Error& error, Badness badness, std::uint64_t now) {
    if (is_ours(error)) return error;
    bad_.add(block.cid(), error.message(), badness, now);
    return fail(Errc::verification, error.message());
}

Status BlockValidator::check_headers(std::span<const BlockHeader> blocks, std::uint64_t now) {
    for (const auto& block : blocks)
        if (const auto why = bad_.reason(block.cid(), now)) return fail(Errc::verification, *why);
    const auto checked = rules_.check_headers(blocks);
    Status first;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (checked[i]) continue;
        const auto refused = refuse(blocks[i], checked[i].error(), Badness::permanent, now);
        if (first) first = refused;
    }
    return first;
}

// Returns the state after the parents. A known result is only a hint, since the record may be wrong: before a block is
// called bad because of it, the parents are executed once more.
Result<TipsetState> BlockValidator::agreed_state(const BlockHeader& block, const TipsetPtr& parents) {
    auto known = states_.state_after(parents);
    if (!known && is_ours(known.error())) return known;
    if (known && BlockRules::check_roots(block, *known)) return known;
    return states_.state_after_again(parents);
}

Status BlockValidator::validate(const FullBlock& block, std::uint64_t now, Header so_far) {
    const BlockHeader& header = block.header;
    STRATA_TRY(const bool known, consensus_.is_validated(header));
    if (known) return {};
    const Timed timed(stopwatch_);
    const auto held = hold(chain_.blocks());
    if (so_far == Header::unchecked) STRATA_OK(check_header(header, now));
    STRATA_OK(check_messages_named(header, block.messages));
    STRATA_TRY(const auto parents, chain_.tipset(TipsetKey(header.parents)));
    const auto state = agreed_state(header, parents);
    if (!state) return refuse(header, state.error(), Badness::state_mismatch, now);
    if (const auto roots = BlockRules::check_roots(header, *state); !roots)
        return refuse(header, roots.error(), Badness::state_mismatch, now);
    if (const auto body = rules_.check_body(header, block.messages, *state); !body)
        return refuse(header, body.error(), Badness::permanent, now);
    // Messages are stored before the header, so that the messages of every stored header are in the store, even after a
    // crash.
    STRATA_TRY(const Cid listed, chain_.put_messages(block.messages));
    STRATA_CHECK(listed == header.messages);
    STRATA_TRY(const Cid stored, chain_.put_header(header));
    STRATA_CHECK(stored == header.cid());
    return consensus_.mark_valid(header, {StateManager::record_of(*parents, *state)});
}

}  // namespace strata::chain
