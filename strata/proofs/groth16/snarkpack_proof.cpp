#include <strata/proofs/groth16/snarkpack_proof.hpp>

#include <bit>

namespace strata::proofs {

using crypto::G1Affine;
using crypto::G2Affine;
using crypto::Gt;

namespace {

/// Takes elements off the front of an aggregate. Each is checked to be in its group, because the equations of the
/// verifier prove nothing about other elements.
class Reader {
  public:
    explicit Reader(BytesView bytes) : bytes_(bytes) {}
    std::size_t left() const { return bytes_.size(); }

    Status take(Gt& out) { return read(Gt::kCompressed, Gt::from_compressed, out); }
    Status take(G1Affine& out) { return read(G1Affine::kCompressed, crypto::g1_from_compressed, out); }
    Status take(G2Affine& out) { return read(G2Affine::kCompressed, crypto::g2_from_compressed, out); }
    template <class T>
    Status take(Halves<T>& out) {
        STRATA_OK(take(out.a));
        return take(out.b);
    }
    template <class T>
    Status take(Sides<T>& out) {
        STRATA_OK(take(out.left));
        return take(out.right);
    }
    Status take(std::uint32_t& out) {
        STRATA_TRY(const auto front, bytes(4));
        out = load_le<std::uint32_t>(front.data());
        return {};
    }

  private:
    Result<BytesView> bytes(std::size_t count) {
        if (bytes_.size() < count)
            return fail(Errc::truncated, "the aggregate ends early: " + std::to_string(bytes_.size()) +
                                             " bytes are left, expected at least " + std::to_string(count));
        const auto front = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return front;
    }
    template <class T>
    Status read(std::size_t size, Result<T> (*decode)(BytesView), T& out) {
        STRATA_TRY(const auto front, bytes(size));
        STRATA_TRY(out, decode(front));
        return {};
    }
    BytesView bytes_;
};

}  // namespace

Result<SnarkPackProof> SnarkPackProof::from_bytes(BytesView bytes) {
    Reader in(bytes);
    SnarkPackProof out;
    STRATA_OK(in.take(out.com_ab));
    STRATA_OK(in.take(out.com_c));
    STRATA_OK(in.take(out.ip_ab));
    STRATA_OK(in.take(out.agg_c));
    STRATA_OK(in.take(out.count));
    if (out.count < 2 || out.count > kMaxAggregated || !std::has_single_bit(out.count))
        return fail(Errc::malformed, "the aggregate holds " + std::to_string(out.count) +
                                         " proofs, expected a power of two from 2 to " +
                                         std::to_string(kMaxAggregated));
    // The count was bounded above, so this sets aside little memory. The encoding lists the rounds field by field, not
    // round by round.
    out.rounds.resize(static_cast<std::size_t>(std::countr_zero(out.count)));
    for (auto& round : out.rounds) STRATA_OK(in.take(round.comm_ab));
    for (auto& round : out.rounds) STRATA_OK(in.take(round.comm_c));
    for (auto& round : out.rounds) STRATA_OK(in.take(round.z_ab));
    for (auto& round : out.rounds) STRATA_OK(in.take(round.z_c));
    STRATA_OK(in.take(out.final_a));
    STRATA_OK(in.take(out.final_b));
    STRATA_OK(in.take(out.final_c));
    STRATA_OK(in.take(out.vkey));
    STRATA_OK(in.take(out.wkey));
    STRATA_OK(in.take(out.vkey_opening));
    STRATA_OK(in.take(out.wkey_opening));
    if (in.left() != 0)
        return fail(Errc::trailing, std::to_string(in.left()) + " bytes follow the end of the aggregate");
    return out;
}

}  // namespace strata::proofs
