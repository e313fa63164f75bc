#pragma once
// The real SectorProver: it seals on disk and makes Groth16 proofs with the keys of a ParameterStore. Thread-safe.
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

/// The verifiers that check new proofs before they are sent; thread-safe. Without them a proof is only known to satisfy
/// the constraints of its circuit, which proving checks anyway.
struct ProofChecks {
    vm::ProofVerifier* proofs = nullptr;
    chain::WinningPoStVerifier* winning = nullptr;
    /// Called with the progress of sealing, on the thread that seals.
    std::function<void(std::string_view step, double done)> progress{};
    /// Ends winning proofs soon after it turns true; may be null.
    const std::atomic<bool>* stop = nullptr;
};

/// `parameters` and what `checks` points to must outlive the prover and its jobs. If a proving key is missing, the
/// proof fails with not_found. `parent_cache` is the folder of the parent tables; if it is empty, they are made in
/// memory.
std::unique_ptr<SectorProver> prover_with(proofs::ParameterStore& parameters, std::string parent_cache,
                                          ProofChecks checks = {});

}  // namespace strata::provider
