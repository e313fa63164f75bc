#pragma once
// Owners of objects of C libraries: std::unique_ptr<T, Freed<free_of_T>>.

namespace strata {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

}  // namespace strata
