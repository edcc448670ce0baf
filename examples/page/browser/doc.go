// Package browser has a test that opens the pages of examples/page in Chromium, as a person would, and looks into the file of the
// server afterwards. It is a Go module of its own, so that what drives a browser stays out of the go.mod of the library.
//
// The test is passed over where there is no Chromium in PATH, nor at CRM_TEST_BROWSER, unless CRM_BROWSER_REQUIRED is set. It leaves
// pictures in the folder that CRM_TEST_SCREENSHOTS names.
package browser
