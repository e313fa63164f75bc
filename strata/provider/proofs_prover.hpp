#pragma once
// The real SectorProver: sealing on disk, Groth16 proofs with the keys of a ParameterStore. Thread-safe.
#include <functional>

#include <strata/provider/sector_prover.hpp>

namespace strata::chain {
class WinningPoStVerifier;
}
namespace strata::proofs {
class ParameterStore;
}
namespace strata::vm {
class ProofVerifier;
}

namespace strata::provider {

/// The verifiers that check proofs before they are sent; thread-safe. Without them only the circuits' rows are checked,
/// which proving does by itself.
struct ProofChecks {
    vm::ProofVerifier* proofs = nullptr;
    chain::WinningPoStVerifier* winning = nullptr;
    /// Called with the progress of sealing, from the thread that seals.
    std::function<void(std::string_view step, double done)> progress{};
    /// Ends winning proofs soon after it turns true; may be null.
    const std::atomic<bool>* stop = nullptr;
};

/// `parameters` and `checks` must outlive the prover and its jobs; missing keys end a proof with not_found.
/// `parent_cache`: folder of parent tables, empty for memory.
std::unique_ptr<SectorProver> prover_with(proofs::ParameterStore& parameters, std::string parent_cache,
                                          ProofChecks checks = {});

}  // namespace strata::provider
