// Package storagetest proves that a driver does what package storage says, measures it, and makes a store fail on
// purpose for the tests of what stands above.
//
// A driver's own test is a few lines:
//
//	func TestStore(t *testing.T) {
//		storagetest.Run(t, func(tb testing.TB) storage.Store {
//			s, err := mydriver.Open(tb.TempDir())
//			if err != nil {
//				tb.Fatal(err)
//			}
//			return s
//		})
//	}
//
// There are no switches for features: a store passes [Run], or it is no store. With -short the largest inputs are smaller.
// The package imports the standard library
// only, so that a driver kept elsewhere takes nothing else along.
package storagetest
