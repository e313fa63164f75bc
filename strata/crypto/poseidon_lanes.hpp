#pragma once
// Poseidon of eight inputs side by side, for machines with AVX-512 IFMA. Only poseidon_many uses it.
#include <memory>

#include <strata/crypto/poseidon.hpp>

namespace strata::crypto {

class PoseidonLanes {
  public:
    static constexpr std::size_t kLanes = 8;
    /// Null if the machine lacks the instructions.
    static std::shared_ptr<const PoseidonLanes> make(const PoseidonConstants& constants);
    explicit PoseidonLanes(const PoseidonConstants& constants);

    /// Takes kLanes · arity inputs and writes kLanes results.
    void hash(const Fr* inputs, Fr* out) const;

  private:
    /// Limbs of 52 bits, low first, of an element times 2^260.
    using Limbs = std::array<std::uint64_t, 5>;
    using Table = std::vector<Limbs>;
    static Limbs limbs_of(const Fr& element);
    static Table table_of(std::span<const Fr> elements);
    static Table columns_of(const PoseidonConstants::Matrix& matrix);

    std::size_t width_;
    std::size_t partial_rounds_;
    Limbs tag_;
    Table keys_;
    Table mds_, pre_sparse_;              // column by column
    Table sparse_columns_, sparse_rows_;  // round by round
    Limbs into_, out_of_;                 // factors between Fr's own form and this one

    friend class PoseidonLanesRun;
};

}  // namespace strata::crypto
