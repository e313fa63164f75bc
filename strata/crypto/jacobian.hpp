#pragma once
// Sums in Jacobian coordinates, for the few additions that depend on each other. Only this folder's .cpp files use it.
#include <blst.h>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

template <class Point>
class Jacobian;  // zero at first

template <>
class Jacobian<G1Affine> {
  public:
    void add(const Jacobian& other) { blst_p1_add_or_double(&sum_, &sum_, &other.sum_); }
    void add(const G1Affine& point) {
        blst_p1_add_or_double_affine(&sum_, &sum_, reinterpret_cast<const blst_p1_affine*>(&point));
    }
    void twice() { blst_p1_double(&sum_, &sum_); }
    G1Affine affine() const {
        G1Affine out;
        blst_p1_to_affine(reinterpret_cast<blst_p1_affine*>(&out), &sum_);
        return out;
    }

  private:
    blst_p1 sum_{};
};

template <>
class Jacobian<G2Affine> {
  public:
    void add(const Jacobian& other) { blst_p2_add_or_double(&sum_, &sum_, &other.sum_); }
    void add(const G2Affine& point) {
        blst_p2_add_or_double_affine(&sum_, &sum_, reinterpret_cast<const blst_p2_affine*>(&point));
    }
    void twice() { blst_p2_double(&sum_, &sum_); }
    G2Affine affine() const {
        G2Affine out;
        blst_p2_to_affine(reinterpret_cast<blst_p2_affine*>(&out), &sum_);
        return out;
    }

  private:
    blst_p2 sum_{};
};

}  // namespace strata::crypto
