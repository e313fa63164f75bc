#include <strata/proofs/circuit/poseidon.hpp>

#include <strata/base/result.hpp>
#include <strata/proofs/circuit/poseidon_rows.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

PoseidonRows merkle_rows(unsigned arity) {
    return PoseidonRows(crypto::merkle_poseidon_constants(arity));
}

void copy_row(ShapeSystem& cs, const PoseidonRows& rows, std::span<const CoefficientId> ids,
              std::span<const Variable> variables, const PoseidonRows::Row& row) {
    std::array<std::array<Term, 128>, 3> buffers;  // the longest row has width + partial rounds terms
    const auto copy = [&](PoseidonRows::Range range, std::array<Term, 128>& to) {
        for (auto i = range.begin; i < range.end; ++i) to[i - range.begin] = {variables[rows.slots()[i]], ids[i]};
        return Terms(to.data(), range.end - range.begin);
    };
    cs.enforce_sorted(copy(row.a, buffers[0]), copy(row.b, buffers[1]), copy(row.c, buffers[2]));
}

/// Values of one hash, by slot.
class SlotValues {
  public:
    SlotValues(const PoseidonRows& rows, std::vector<Fr>& values) : rows_(rows), values_(values) {}
    /// Value of the variable that a row defines: a·b less the other terms of c.
    Fr defined_by(const PoseidonRows::Row& row) const {
        const auto others = PoseidonRows::Range{row.c.begin, row.c.end - 1};
        const Fr a = sum(row.a);
        const Fr product = is_one(row.b) ? a : a * sum(row.b);
        return others.begin == others.end ? product : product - sum(others);
    }

  private:
    bool is_one(PoseidonRows::Range range) const {
        return range.end == range.begin + 1 && rows_.slots()[range.begin] == 0 && rows_.is_plain(range.begin);
    }
    Fr sum(PoseidonRows::Range range) const {
        if (range.end == range.begin + 1 && rows_.is_plain(range.begin)) return values_[rows_.slots()[range.begin]];
        crypto::FrSum total;
        for (auto i = range.begin; i < range.end; ++i) {
            const Fr& value = values_[rows_.slots()[i]];
            if (rows_.slots()[i] == 0) {
                total.add(rows_.coefficients()[i]);
            } else if (rows_.is_plain(i)) {
                total.add(value);
            } else {
                total.add_product(value, rows_.coefficients()[i]);
            }
        }
        return total.value();
    }
    const PoseidonRows& rows_;
    std::vector<Fr>& values_;
};

}  // namespace

const PoseidonRows& merkle_poseidon(unsigned arity) {
    static const PoseidonRows two = merkle_rows(2);
    static const PoseidonRows four = merkle_rows(4);
    static const PoseidonRows eight = merkle_rows(8);
    static const PoseidonRows eleven = merkle_rows(11);
    switch (arity) {
        case 2:
            return two;
        case 4:
            return four;
        case 8:
            return eight;
        default:
            STRATA_CHECK(arity == 11);
            return eleven;
    }
}

const PoseidonRows& update_poseidon() {
    static const PoseidonRows rows(crypto::update_poseidon_constants());
    return rows;
}

template <>
Variable poseidon(ShapeSystem& cs, const PoseidonRows& rows, std::span<const Variable> inputs) {
    STRATA_CHECK(inputs.size() == rows.arity());
    const auto& ids = cs.coefficients().ids_of(rows.coefficients());
    std::vector<Variable> variables{kOne};
    variables.insert(variables.end(), inputs.begin(), inputs.end());
    for (const auto& row : rows.rows()) {
        variables.push_back(cs.alloc([] { return Fr(); }));
        copy_row(cs, rows, ids, variables, row);
    }
    return variables.back();
}

template <>
Variable poseidon(WitnessSystem& cs, const PoseidonRows& rows, std::span<const Variable> inputs) {
    STRATA_CHECK(inputs.size() == rows.arity());
    std::vector<Fr> values{Fr::one()};
    values.reserve(rows.first_fresh() + rows.rows().size());
    for (const auto input : inputs) values.push_back(cs.value(input));
    const SlotValues slots(rows, values);
    Variable last;
    for (const auto& row : rows.rows()) last = cs.alloc([&] { return values.emplace_back(slots.defined_by(row)); });
    return last;
}

}  // namespace strata::proofs
