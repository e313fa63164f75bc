#include <strata/simulation/odd_peers.hpp>

namespace strata::simulation {
namespace {

using Tipsets = std::vector<std::vector<chain::FullBlock>>;

Cid random_cid(crypto::RandomSource& random) {
    return Cid::hash_of(Codec::dag_cbor, random.bytes<32>());
}

}  // namespace

chain::ChainAnswer LyingPeer::serve(const chain::ChainRequest& request) {
    auto answer = chain_.serve(request);
    if (!answer || answer->empty()) return answer;
    Tipsets& tipsets = *answer;
    chain::FullBlock& block = tipsets[random_.below(tipsets.size())].front();
    switch (random_.below(8)) {
        case 0:
            return fail(Errc::busy, "busy");
        case 1:
            return fail(Errc::not_found, "the tipset is not here");
        case 2:
            tipsets.resize((tipsets.size() + 1) / 2);
            break;
        case 3:
            block.header.parent_weight += BigInt(1'000'000);
            break;
        case 4:
            block.header.parent_state_root = random_cid(random_);
            break;
        case 5: {
            Message extra;
            extra.to = extra.from = block.header.miner;
            block.messages.bls.push_back(extra);
            break;
        }
        case 6:
            tipsets.push_back(tipsets.front());
            break;
        default:
            break;  // now and then it tells the truth
    }
    return answer;
}

Result<chain::HeadNotice> LyingPeer::head_notice() {
    STRATA_TRY(auto notice, chain_.head_notice());
    switch (random_.below(3)) {
        case 0:
            notice.head = TipsetKey({random_cid(random_)});
            notice.height += 1'000;
            notice.weight += BigInt(1'000'000'000);
            break;
        case 1:
            notice.head = TipsetKey(std::vector<Cid>(notice.head.cids().size(), notice.head.cids().front()));
            notice.weight += BigInt(1'000);
            break;
        default:
            break;
    }
    return notice;
}

Status CarelessPeer::receive_block(const BlockMsg& block, std::uint64_t now, const chain::PeerName& from) {
    const TipsetKey parents(block.header.parents);
    STRATA_TRY(const bool has_parents, chain_.chain().has_tipset(parents));
    chain::FullBlock full{block.header, {}};
    for (const auto& cid : block.bls_messages) {
        const auto message = chain_.pool().find(cid);
        if (message) full.messages.bls.push_back(message->message);
    }
    const bool is_complete = full.messages.bls.size() == block.bls_messages.size() && block.secp_messages.empty();
    if (!has_parents || !is_complete) return chain_.receive_block(block, now, from);
    STRATA_TRY(const auto messages, chain_.chain().put_messages(full.messages));
    STRATA_TRY(const auto header, chain_.chain().put_header(full.header));
    STRATA_CHECK(messages == full.header.messages && header == full.header.cid());
    STRATA_OK(chain_.consensus().mark_valid(full.header));
    return chain_.consensus().choose_head(full.header.height);
}

}  // namespace strata::simulation
