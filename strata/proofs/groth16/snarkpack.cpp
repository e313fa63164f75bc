#include <strata/proofs/groth16/snarkpack.hpp>

#include <bit>

#include <strata/crypto/hash.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/proofs/groth16/snarkpack_proof.hpp>

namespace strata::proofs {

using crypto::Fr;
using crypto::G1Affine;
using crypto::G2Affine;
using crypto::Gt;
using crypto::PointPairs;

namespace {

/// Draws challenges from a hash of the items in the layout of bellperson's bincode (docs/protocol/proofs.md §14).
class Transcript {
  public:
    explicit Transcript(std::string_view tag) {
        append(bytes_, as_bytes("snarkpack-v1"));
        append(bytes_, as_bytes(tag));
    }
    Transcript& add(const Fr& value) { return raw(value.to_bytes()); }
    Transcript& add(const G1Affine& value) { return raw(compressed(value)); }
    Transcript& add(const G2Affine& value) { return raw(compressed(value)); }
    Transcript& add(const Gt& value) { return raw(value.to_bytes()); }
    template <class T>
    Transcript& add(const Halves<T>& value) {
        return add(value.a).add(value.b);
    }
    template <class T>
    Transcript& add(const Sides<T>& value) {
        return add(value.left).add(value.right);
    }
    Transcript& add(const CrossTerms& value) {
        return add(value.z_ab).add(value.z_c).add(value.comm_ab).add(value.comm_c);
    }
    Transcript& add(BytesView value) {
        ByteArray<8> length;
        store_le(length.data(), std::uint64_t{value.size()});
        return raw(length).raw(value);
    }
    /// Draws an element that is neither 0 nor 1. Counters of failed draws stay in the hash.
    Fr challenge() {
        for (std::uint64_t counter = 1;; ++counter) {
            ByteArray<8> bytes;
            store_be(bytes.data(), counter);
            raw(bytes);
            auto hash = crypto::sha256(bytes_);
            hash[31] &= 0x7f;
            const auto element = Fr::from_bytes(hash);
            if (element && !element->is_zero() && *element != Fr::one()) return *element;
        }
    }

  private:
    Transcript& raw(BytesView bytes) {
        append(bytes_, bytes);
        return *this;
    }
    Bytes bytes_;
};

struct Challenges {
    Fr r, z;
    std::vector<Fr> x, x_inverse;  // by round
};

/// Derives all challenges from the aggregate. V1 left the first round's cross terms and the final elements out of the
/// hash, so a prover could choose them after the challenges; V2 binds them.
Challenges challenges_of(const SnarkPackProof& p, BytesView application, SnarkPackVersion version) {
    const bool v2 = version == SnarkPackVersion::v2;
    Challenges out;
    const Fr hcom = Transcript("hcom").add(p.com_ab).add(p.com_c).challenge();
    out.r = Transcript("random-r").add(hcom).add(application).challenge();
    Fr x = Transcript("gipa-0").add(hcom).add(p.ip_ab).add(p.agg_c).add(out.r).challenge();
    for (std::size_t i = 0; i < p.rounds.size(); ++i) {
        if (i > 0 || v2) x = Transcript("gipa-" + std::to_string(i)).add(x).add(p.rounds[i]).challenge();
        out.x.push_back(x);
        out.x_inverse.push_back(x.inverse());
    }
    const Fr& last = out.x_inverse.back();
    const Fr link = Transcript("gipa-extra-link")
                        .add(last)
                        .add(p.final_a)
                        .add(p.final_b)
                        .add(p.final_c)
                        .add(p.rounds.back())
                        .challenge();
    Transcript z("random-z");
    z.add(v2 ? link : last).add(p.vkey).add(p.wkey);
    if (v2) z.add(p.final_a).add(p.final_b).add(p.final_c);
    out.z = z.challenge();
    return out;
}

/// Evaluates Π (1 + t_j·X^(2^j)) at X = `at`, where j = 0 is the last round. That is a polynomial with one coefficient
/// for each proof, evaluated at the cost of one factor for each round.
Fr folded_powers(std::span<const Fr> t, const Fr& at) {
    Fr product = Fr::one(), power = at;
    for (std::size_t i = t.size(); i-- > 0;) {
        product *= Fr::one() + t[i] * power;
        power = power.square();
    }
    return product;
}

Fr power(const Fr& base, std::uint64_t exponent) {
    return base.pow({exponent, 0, 0, 0});
}

Status expect(bool holds, const char* problem) {
    if (!holds) return fail(Errc::verification, std::string("the aggregate does not verify: ") + problem);
    return {};
}

/// Holds the prover's commitments and products, folded by the challenges in the same way as the prover folds its
/// vectors to one element each.
struct Folded {
    PairCommitment com_ab, com_c;
    Gt ip_ab;
    G1Affine agg_c;
};

Folded fold(const SnarkPackProof& p, const Challenges& c) {
    Folded out{p.com_ab, p.com_c, p.ip_ab, p.agg_c};
    for (std::size_t i = 0; i < p.rounds.size(); ++i) {
        const auto& round = p.rounds[i];
        // The left terms of a round are weighted by 1/x and the right ones by x, since the prover folded A and C with
        // 1/x and B with x.
        const auto times = [&](Gt& to, const Gt& left, const Gt& right) {
            to = to * left.pow(c.x_inverse[i]) * right.pow(c.x[i]);
        };
        times(out.com_ab.a, round.comm_ab.left.a, round.comm_ab.right.a);
        times(out.com_ab.b, round.comm_ab.left.b, round.comm_ab.right.b);
        times(out.com_c.a, round.comm_c.left.a, round.comm_c.right.a);
        times(out.com_c.b, round.comm_c.left.b, round.comm_c.right.b);
        times(out.ip_ab, round.z_ab.left, round.z_ab.right);
        out.agg_c = out.agg_c + round.z_c.left * c.x_inverse[i] + round.z_c.right * c.x[i];
    }
    return out;
}

bool pairing_equals(const PointPairs& pairs, const Gt& wanted) {
    return pairing_product(pairs) == wanted;
}

/// Checks that the folded commitments and products equal those that the final elements give.
Status check_final(const SnarkPackProof& p, const Challenges& c) {
    const auto folded = fold(p, c);
    STRATA_OK(expect(pairing_equals({{p.final_a, p.final_b}}, folded.ip_ab), "its product of A and B is wrong"));
    STRATA_OK(expect(pairing_equals({{p.final_a, p.vkey.a}, {p.wkey.a, p.final_b}}, folded.com_ab.a) &&
                         pairing_equals({{p.final_a, p.vkey.b}, {p.wkey.b, p.final_b}}, folded.com_ab.b),
                     "its commitment to A and B is wrong"));
    STRATA_OK(expect(pairing_equals({{p.final_c, p.vkey.a}}, folded.com_c.a) &&
                         pairing_equals({{p.final_c, p.vkey.b}}, folded.com_c.b),
                     "its commitment to C is wrong"));
    return expect(p.final_c * folded_powers(c.x, c.r) == folded.agg_c, "its sum of C is wrong");
}

/// Checks that the folded keys come from the reference string. A folded key is the commitment to a polynomial f with
/// known coefficients, so it is opened at z: e(g, v - f(z)·h) = e((α - z)·g, opening), and the same with β.
Status check_keys(const SnarkPackKey& key, const SnarkPackProof& p, const Challenges& c) {
    const Fr f_v = folded_powers(c.x, c.z);
    // The w key holds the powers of the secret from p.count on, the i-th divided by r^i, and was folded with 1/x.
    const Fr f_w = power(c.z, p.count) * folded_powers(c.x_inverse, c.z * c.r.inverse());
    const auto v_opens = [&](const G1Affine& multiple_of_g, const G2Affine& v, const G2Affine& opening) {
        return pairing_equals({{key.g, v + key.h * -f_v}, {-(multiple_of_g + key.g * -c.z), opening}}, Gt::one());
    };
    const auto w_opens = [&](const G2Affine& multiple_of_h, const G1Affine& w, const G1Affine& opening) {
        return pairing_equals({{w + key.g * -f_w, key.h}, {-opening, multiple_of_h + key.h * -c.z}}, Gt::one());
    };
    STRATA_OK(
        expect(v_opens(key.g_alpha, p.vkey.a, p.vkey_opening.a) && v_opens(key.g_beta, p.vkey.b, p.vkey_opening.b),
               "its folded v key does not come from the reference string"));
    return expect(w_opens(key.h_alpha, p.wkey.a, p.wkey_opening.a) && w_opens(key.h_beta, p.wkey.b, p.wkey_opening.b),
                  "its folded w key does not come from the reference string");
}

/// Checks Groth16's equation, summed with powers of r: ip_ab = e(α, β)^Σr^i · e(Σ r^i·IC_i, γ) · e(agg_c, δ). IC_i is
/// the sum of the key's points ic, weighted by the inputs of proof i. The padding repeats the last inputs.
Status check_statement(const Groth16Verifier& verifier, std::span<const PublicInputs> inputs, const SnarkPackProof& p,
                       const Fr& r) {
    const auto& key = verifier.key();
    std::vector<Fr> scalars(key.ic.size());
    Fr factor = Fr::one();
    for (std::uint32_t i = 0; i < p.count; ++i, factor *= r) {
        const auto& of_one = inputs[std::min<std::size_t>(i, inputs.size() - 1)];
        scalars[0] += factor;
        for (std::size_t k = 0; k < of_one.size(); ++k) scalars[k + 1] += factor * of_one[k];
    }
    const auto right =
        verifier.alpha_beta().pow(scalars[0]) *
        pairing_product(PointPairs{{crypto::multiply_sum(key.ic, scalars), key.gamma_g2}, {p.agg_c, key.delta_g2}});
    return expect(p.ip_ab == right, "one of its proofs is wrong");
}

}  // namespace

Status verify_aggregate(const SnarkPackKey& reference, const Groth16Verifier& verifier,
                        std::span<const PublicInputs> inputs, BytesView application, BytesView aggregate,
                        SnarkPackVersion version) {
    if (inputs.empty() || inputs.size() > kMaxAggregated)
        return fail(Errc::invalid_argument, "the aggregate covers " + std::to_string(inputs.size()) +
                                                " proofs, expected 1 to " + std::to_string(kMaxAggregated));
    for (const auto& of_one : inputs)
        if (of_one.size() + 1 != verifier.key().ic.size())
            return fail(Errc::invalid_argument, "a proof has " + std::to_string(of_one.size()) +
                                                    " public inputs, expected " +
                                                    std::to_string(verifier.key().ic.size() - 1));
    STRATA_TRY(const auto proof, SnarkPackProof::from_bytes(aggregate));
    const auto padded_count = std::max<std::size_t>(2, std::bit_ceil(inputs.size()));
    if (proof.count != padded_count)
        return fail(Errc::invalid_argument, "the aggregate holds " + std::to_string(proof.count) +
                                                " proofs, expected " + std::to_string(padded_count));
    const auto challenges = challenges_of(proof, application, version);
    STRATA_OK(check_statement(verifier, inputs, proof, challenges.r));
    STRATA_OK(check_keys(reference, proof, challenges));
    return check_final(proof, challenges);
}

}  // namespace strata::proofs
