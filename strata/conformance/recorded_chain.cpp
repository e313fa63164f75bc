#include <strata/conformance/recorded_chain.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/table.hpp>
#include <strata/conformance/json.hpp>
#include <strata/ipld/car.hpp>

namespace strata::conformance {

Result<std::unique_ptr<RecordedChain>> RecordedChain::open(const std::filesystem::path& folder) {
    const VectorFile car(folder / "chain.car");
    const VectorFile description(folder / "network.json");
    for (const auto* file : {&car, &description})
        if (const auto problem = file->problem(); !problem.empty()) return fail(Errc::io, problem);
    std::unique_ptr<RecordedChain> out(new RecordedChain);
    STRATA_TRY(out->network_, chain::parse_network(description.text()));
    const auto json = parse_json(description);
    out->beacon_ = std::make_unique<chain::LocalBeacon>(json["drand"].value("beacon_seed", std::string()));
    out->actors_ = actors::native_actors();
    STRATA_OK(out->load(car.text()));
    return out;
}

Status RecordedChain::load(const std::string& car) {
    STRATA_TRY(const auto header, load_car(as_bytes(car), blocks_));
    chain::ChainStore chain(blocks_, meta_);
    STRATA_TRY(const auto head, chain.tipset(TipsetKey(header.roots)));
    STRATA_TRY(const auto genesis, chain.tipset_at(0, head, chain::ChainStore::Null::previous));
    STRATA_OK(chain.start(genesis->min_ticket_block()));
    STRATA_OK(chain.set_head(head));
    STRATA_OK(record_states(chain));
    STRATA_TRY(node_, chain::LocalChain::open(blocks_, meta_, network_, proofs_, nullptr, *actors_));
    return node_->consensus().trust(*head);
}

Status RecordedChain::record_states(chain::ChainStore& chain) {
    chain::StateManager states(chain, network_, proofs_, *actors_);
    auto child = chain.head();
    while (child->height() > 0) {
        STRATA_TRY(const auto tipset, chain.parent(*child));
        STRATA_OK(states.record(*tipset, {child->parent_state_root(), child->parent_receipts()}));
        child = tipset;
    }
    return {};
}

}  // namespace strata::conformance
